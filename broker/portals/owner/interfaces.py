"""The interfaces of a service: what each is, when it ends, and which vendors still use it."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response

from broker.errors import Refused, Unknown
from broker.portals import shell
from broker.portals.casework.making import party
from broker.portals.forms import (
    BooleanField,
    Change,
    Field,
    Form,
    Needed,
    SelectField,
    Short,
    StopValidation,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.moments import Moment, NoMoment, read_moment, written_moment
from broker.portals.owner.beginning import CHANGERS, notice
from broker.portals.owner.bench import CHANGE, READ, Bench, Opened, crumbs
from broker.portals.owner.saving import Wrong, save, table, text
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.testaccess.making import vendors
from broker.portals.testaccess.showing import AccessRow, rows
from broker.registrations.model import Content
from broker.registrations.preview import entry_of
from broker.registrations.service import is_short_name
from broker.roles.documents_forms import is_web_address
from broker.saml.entities import Localised
from broker.saml.entity_contacts import MAIL
from broker.web.language import Text as _
from broker.web.language import said

Table = Mapping[str, object]
_WEB = _("Write the whole address, with https:// and a host name")


class Interface(Form):
    """One interface."""

    name_da = StringField(
        _("Name in Danish"), validators=[Needed(_("Write the name in Danish")), Short()]
    )
    name_en = StringField(
        _("Name in English"), validators=[Needed(_("Write the name in English")), Short()]
    )
    system = BooleanField(_("System to system: vendors may ask for access to its test environment"))
    test = StringField(_("Test address"), validators=[Short(2000)])
    production = StringField(_("Production address"), validators=[Short(2000)])
    documentation = StringField(_("Documentation: address"), validators=[Short(2000)])
    contact = StringField(_("Questions about the interface: mail"), validators=[Short(254)])
    opens = StringField(_("Opens"), validators=[Moment(needed=False)])
    closes = StringField(_("Ends"), validators=[Moment(needed=False)])
    successor = SelectField(_("What takes its place"))
    note_da = TextAreaField(_("Note to vendors, in Danish"), validators=[Short(400)])
    note_en = TextAreaField(_("Note to vendors, in English"), validators=[Short(400)])

    def validate_closes(self, field: Field) -> None:
        """An end before the beginning is none."""
        try:
            begins, ends = read_moment(self.opens.data), read_moment(field.data)
        except NoMoment:
            return  # said beside the one that cannot be read
        if begins and ends and ends <= begins:
            raise StopValidation(_("It would end before it opens"))


class New(Interface):
    """One that there was not."""

    code = StringField(_("Short name"), validators=[Needed(_("Write a short name")), Short(40)])


def routes(bench: Bench) -> tuple[Route, ...]:
    """All of them, one, and a new one."""

    def page(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        found = opened.content.listed("interface")
        return shell.page(
            "portals/service/interfaces.html",
            person,
            crumbs=crumbs(person, opened, _("Interfaces")),
            notice=notice(),
            opened=opened,
            interfaces=[(one, _instant(one.get("closes")), name_of(one)) for one in found],
            names={str(one.get("code")): name_of(one) for one in found},
            using=_using(bench, person, code),
            may_change=person.may(CHANGE, person.thing(service=code)),
        )

    def show(
        person: Person, opened: Opened, form: Form, changes: tuple[Change, ...], known: Table | None
    ) -> Response:
        name = name_of(known) if known else _("A new interface")
        using = _using(bench, person, opened.code)
        return shell.page(
            "portals/service/interface.html",
            person,
            crumbs=crumbs(person, opened, _("Interfaces"), name),
            form=form,
            changes=changes,
            opened=opened,
            known=known,
            name=name,
            using=using.get(str(known.get("code")), ()) if known else (),
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
        )

    def one(person: Person, code: str, interface: str | None = None) -> Response:
        opened = bench.open(person, code)
        known = _found(opened, interface)
        kind = Interface if known else New
        form = kind(formdata=None, version=opened.draft.version, **_kept(known))
        _offer(form, opened, known)
        return show(person, opened, form, (), known)

    def edit(person: Person, code: str, interface: str | None = None) -> Response:
        opened = bench.open(person, code, CHANGE)
        known = _found(opened, interface)
        form = Interface() if known else New()
        _offer(form, opened, known)
        return save(
            bench,
            person,
            opened,
            form,
            _kept(known),
            lambda: _checked(_with(opened.content, known, _made(form, known))),
            lambda f, changes: show(person, opened, f, changes, known),
            "service.interfaces",
            "an interface",
        )

    at = "<code>/interfaces"
    return (
        Route("interfaces", at, may(READ), get=page),
        Route("interface_new", f"{at}/new", CHANGERS, get=one, post=edit),
        Route("interface", f"{at}/<interface>", may(READ), get=one, post=edit),
    )


def name_of(one: Table) -> str:
    """What people call an interface, in the language being written."""
    name, code = table(one.get("name")), str(one.get("code", ""))
    return said(Localised(str(name.get("da") or code), str(name.get("en") or code)))


def _using(bench: Bench, person: Person, code: str) -> dict[str, tuple[AccessRow, ...]]:
    """Who has access to each interface that can be used now or later."""
    service, path = vendors(bench.office), person.federation.path
    found = rows(bench.office, service.of_vendors(party(person), path, (code,)), person.now)
    kept = [one for one in found if one.lasting]
    codes = dict.fromkeys(one.access.interface for one in kept)
    return {key: tuple(one for one in kept if one.access.interface == key) for key in codes}


def _found(opened: Opened, interface: str | None) -> Table | None:
    if interface is None:
        return None
    for one in opened.content.listed("interface"):
        if one.get("code") == interface:
            return one
    raise Unknown("registration.no_interface", "the service has no such interface")


def _offer(form: Form, opened: Opened, known: Table | None) -> None:
    """The others, one of which may take its place."""
    own = known.get("code") if known else None
    others = [one for one in opened.content.listed("interface") if one.get("code") != own]
    named = (choice(str(one.get("code")), name_of(one)) for one in others)
    form["successor"].choices = [choice("", _("Nothing")), *named]


def _kept(known: Table | None) -> dict[str, object]:
    one: Table = known or {}
    name, note = table(one.get("name")), table(one.get("note"))
    places = {str(each.get("code")): each.get("address", "") for each in _places(one)}
    return {
        "name_da": name.get("da", ""),
        "name_en": name.get("en", ""),
        "system": one.get("system") is True or known is None,
        "test": places.get("test", ""),
        "production": places.get("production", ""),
        "documentation": one.get("documentation", ""),
        "contact": one.get("contact", ""),
        "opens": _written(one.get("opens")),
        "closes": _written(one.get("closes")),
        "successor": one.get("successor", ""),
        "note_da": note.get("da", ""),
        "note_en": note.get("en", ""),
    }


def _made(form: Form, known: Table | None) -> Table:
    typed = {name: text(form[name].data) for name in _kept(None)}
    typed["code"] = "" if known else text(form["code"].data)
    wrong = [Wrong(name, _WEB) for name in ("test", "production", "documentation")
             if typed[name] and not is_web_address(typed[name])]  # fmt: skip
    if typed["contact"] and not MAIL.match(typed["contact"]):
        wrong.append(Wrong("contact", _("Write a mail address, such as help@example.dk")))
    if bool(typed["note_da"]) != bool(typed["note_en"]):
        missing = "note_en" if typed["note_da"] else "note_da"
        wrong.append(Wrong(missing, _("Write the note in both languages, or in none")))
    if wrong:
        raise Wrong(wrong[0].field, wrong[0].words, *wrong[1:])
    if known is None and not is_short_name(typed["code"].lower()):
        raise Wrong("code", _("Use small letters a–z, digits and hyphens"))
    places = [{"code": code, "address": typed[code]} for code in ("test", "production")
              if typed[code]]  # fmt: skip
    note = {"da": typed["note_da"], "en": typed["note_en"]} if typed["note_da"] else None
    made: dict[str, object | None] = {
        "code": known.get("code") if known else typed["code"].lower(),
        "name": {"da": typed["name_da"], "en": typed["name_en"]},
        "system": True if form["system"].data else None,
        "documentation": typed["documentation"] or None,
        "contact": typed["contact"] or None,
        "environment": places or None,
        "opens": _date(typed["opens"], known, "opens"),
        "closes": _date(typed["closes"], known, "closes"),
        "successor": typed["successor"] or None,
        "note": note,
    }
    return {key: value for key, value in made.items() if value is not None}


def _with(content: Content, known: Table | None, made: Table) -> Content:
    listed = [made if one is known else one for one in content.listed("interface")]
    if known is None:
        if any(one.get("code") == made["code"] for one in listed):
            raise Wrong("code", _("There is an interface of this short name. Choose another."))
        listed.append(made)
    return content.with_document({"interface": listed})


def _checked(content: Content) -> Content:
    """The content, where the catalogue would take it."""
    try:
        entry_of(content)
    except Refused as error:
        raise Wrong("", error.detail.partition(": ")[2] or error.detail) from error
    return content


def _date(typed: str, known: Table | None, key: str) -> object | None:
    """What was typed as an instant; one that nobody touched stays as it was written."""
    if known is not None and typed == _written(known.get(key)):
        return known.get(key)
    at = read_moment(typed)
    return at.isoformat() if at else None


def _places(one: Table) -> tuple[Table, ...]:
    return Content(dict(one)).listed("environment")


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _written(value: object) -> str:
    at = _instant(value)
    return written_moment(at) if at else ""
