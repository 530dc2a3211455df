"""The roles of a service: how it is told them, each role, and exactly what a person would carry."""

from collections.abc import Mapping

from flask import Response, request

from broker.errors import Refused, Unknown
from broker.portals import shell
from broker.portals.forms import BooleanField, Change, Form, RadioField, Short, StringField, choice
from broker.portals.owner.beginning import CHANGERS, notice
from broker.portals.owner.bench import CHANGE, READ, Bench, Opened, crumbs, kind_names
from broker.portals.owner.roleform import RoleForm, kept_role, made_role
from broker.portals.owner.saving import Wrong, save, text
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.registrations.model import Content
from broker.registrations.preview import Preview, entry_of, preview
from broker.roles.forms import REASONS
from broker.web.language import Text
from broker.web.language import Text as _

NO_TYPE = ("none", "national")


class Settings(Form):
    """How roles are told, and whether one is needed."""

    require_role = BooleanField(_("Nobody is let in without a role"))
    kind = RadioField(
        _("How your service is told roles"),
        choices=[
            choice("oiobpp", _("As a list of privileges (OIOBPP): for new services")),
            choice("simple", _("As a plain list of URNs, without units")),
            choice("classic", _("As SEB Classic text, such as Role_Unit_3")),
            choice("plain", _("As a text that you write the pattern of")),
        ],
    )
    template = StringField(
        _("Pattern, for SEB Classic and for a text of your own"), validators=[Short(120)]
    )
    attribute = StringField(_("Name of the attribute"), validators=[Short(200)])


def routes(bench: Bench) -> tuple[Route, ...]:
    """The page of all roles, the page of each, and taking one away."""

    def show(
        person: Person, opened: Opened, form: Form, changes: tuple[Change, ...] = ()
    ) -> Response:
        carried, trouble = _preview(bench, opened)
        return shell.page(
            "portals/service/roles.html",
            person,
            crumbs=crumbs(person, opened, _("Roles")),
            notice=notice(),
            form=form,
            changes=changes,
            opened=opened,
            roles=opened.content.listed("role"),
            kinds=kind_names(bench),
            carried=carried,
            trouble=trouble,
            reasons=REASONS,
            chosen=request.args.getlist("role"),
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
        )

    def page(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        kept = _kept(opened.content)
        return show(person, opened, Settings(formdata=None, version=opened.draft.version, **kept))

    def settings(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        form = Settings()
        return save(
            bench,
            person,
            opened,
            form,
            _kept(opened.content),
            lambda: _checked(_set(form, opened.content)),
            lambda f, changes: show(person, opened, f, changes),
            "service.roles",
            "how roles are told",
        )

    def role(person: Person, opened: Opened, form: Form, changes: tuple[Change, ...]) -> Response:
        known = (request.view_args or {}).get("role_code", "")
        return shell.page(
            "portals/service/role.html",
            person,
            crumbs=_crumbs(person, opened, known or _("A new role")),
            title=known or _("A new role"),
            form=form,
            changes=changes,
            opened=opened,
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
        )

    def types() -> Mapping[str, object]:
        return bench.office.catalogue.current().types

    def one(person: Person, code: str, role_code: str | None = None) -> Response:
        opened = bench.open(person, code)
        kept = kept_role(_found(opened, role_code), code)
        form = RoleForm(formdata=None, version=opened.draft.version, **kept)
        form.offer(types())
        return role(person, opened, form, ())

    def edit(person: Person, code: str, role_code: str | None = None) -> Response:
        opened = bench.open(person, code, CHANGE)
        before = _found(opened, role_code)
        form = RoleForm()
        form.offer(types())
        return save(
            bench,
            person,
            opened,
            form,
            kept_role(before, code),
            lambda: _checked(_with(opened.content, before, made_role(form, before))),
            lambda f, changes: role(person, opened, f, changes),
            "service.roles",
            "a role",
        )

    def away(person: Person, code: str, role_code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        gone = _found(opened, role_code)
        left = [one for one in opened.content.listed("role") if one is not gone]
        content = _delimited(opened.content.with_document({"role": left}))
        bench.save(person, opened, content, opened.draft.version, f"role {role_code} taken away")
        return shell.back(person, "service.roles", code=code, done="saved")

    def sure(person: Person, code: str, role_code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        found = _found(opened, role_code)
        return shell.page(
            "portals/service/role_away.html",
            person,
            crumbs=_crumbs(person, opened, role_code),
            opened=opened,
            role=found,
        )

    return (
        Route("roles", "<code>/roles", may(READ), get=page),
        Route("roles_save", "<code>/roles/save", CHANGERS, get=page, post=settings),
        Route("role_new", "<code>/roles/new", CHANGERS, get=one, post=edit),
        Route("role", "<code>/roles/<role_code>", may(READ), get=one, post=edit),
        Route("role_away", "<code>/roles/<role_code>/away", CHANGERS, get=sure, post=away),
    )


def _found(opened: Opened, role_code: str | None) -> Mapping[str, object] | None:
    if role_code is None:
        return None
    for one in opened.content.listed("role"):
        if one.get("code") == role_code:
            return one
    raise Unknown("registration.no_role", "the service has no such role")


def _preview(bench: Bench, opened: Opened) -> tuple[Preview | None, str]:
    """What a person would carry; or what keeps it from being known."""
    if not opened.content.listed("role"):
        return None, ""
    chosen = request.args.getlist("role") or None
    try:
        return preview(opened.content, bench.office.catalogue.current().types, chosen), ""
    except Refused as error:
        return None, error.detail


def _kept(content: Content) -> dict[str, object]:
    forms = content.listed("role_form")
    first: Mapping[str, object] = forms[0] if forms else {"kind": "oiobpp"}
    return {
        "require_role": content.document.get("require_role") is True,
        "kind": first.get("kind", "oiobpp"),
        "template": first.get("template", ""),
        "attribute": first.get("attribute", ""),
    }


def _set(form: Settings, content: Content) -> Content:
    forms = [dict(one) for one in content.listed("role_form")]
    before = forms[0] if forms else {}
    kind = str(form.kind.data)
    first: dict[str, object] = {"kind": kind}
    if kind == before.get("kind"):
        first = {k: v for k, v in before.items() if k not in ("template", "attribute")}
    if kind in ("classic", "plain") and text(form.template.data):
        first["template"] = text(form.template.data)
    if text(form.attribute.data):
        first["attribute"] = text(form.attribute.data)
    made = content.with_document(
        {"role_form": [first, *forms[1:]], "require_role": bool(form.require_role.data)}
    )
    return _delimited(made)


def _with(
    content: Content, before: Mapping[str, object] | None, made: Mapping[str, object]
) -> Content:
    roles = [made if one is before else one for one in content.listed("role")]
    if before is None:
        if any(one.get("code") == made["code"] for one in roles):
            raise Wrong("code", _("There is a role of this code already. Choose another."))
        if any(one.get("urn") == made["urn"] for one in roles):
            raise Wrong("urn", _("There is a role of this URN already. Choose another."))
        roles.append(made)
    return _delimited(content.with_document({"role": roles}))


def _delimited(content: Content) -> Content:
    """What the catalogue shows of a service agrees with what its roles take."""
    taken = [
        str(one.get("type"))
        for role in content.listed("role")
        for one in Content(role).listed("delimitations")
    ]
    now = content.text("delimitation") or "none"
    if taken and now not in taken:
        return content.with_document({"delimitation": taken[0]})
    if not taken and now not in NO_TYPE:
        return content.with_document({"delimitation": "none"})
    return content


def _checked(content: Content) -> Content:
    """The content, where roles and the way they are told go together."""
    try:
        entry_of(content)
    except Refused as error:
        words = str(_("The role and the way your service is told roles do not go together:"))
        raise Wrong("", f"{words} {error.detail.partition(': ')[2] or error.detail}") from error
    return content


def _crumbs(person: Person, opened: Opened, last: Text | str) -> list[Crumb]:
    roles = Crumb(_("Roles"), shell.link(person, "service.roles", code=opened.code))
    return crumbs(person, opened, roles, last)
