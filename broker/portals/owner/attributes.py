"""Which attributes a service is told, and why it needs each."""

from collections.abc import Mapping

from flask import Response, request

from broker.attributes.pipeline import check_mapping
from broker.portals import shell
from broker.portals.forms import Form
from broker.portals.owner.beginning import CHANGERS, notice
from broker.portals.owner.bench import CHANGE, READ, Bench, Opened, crumbs
from broker.portals.owner.saving import Picked, Wrong, save_picked, table, text
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.registrations.model import Content
from broker.saml.vocabulary import OIO2_OF, OIO3_OF
from broker.web.language import Text
from broker.web.language import Text as _

MOTIVE = 300
WHY: Text = _("write why you need it, in Danish and in English")
# What owners may choose among, with what each is. CPR numbers are at the end for a reason.
OFFERED: tuple[tuple[str, Text], ...] = (
    ("cvr", _("The organisation’s CVR number")),
    ("org_name", _("The organisation’s name")),
    ("full_name", _("The person’s name")),
    ("first_name", _("First name")),
    ("last_name", _("Last name")),
    ("email", _("Mail address")),
    ("professional_uuid", _("The person’s lasting number at work (UUID)")),
    ("rid", _("The employee’s number in an older certificate (RID)")),
    ("title", _("Title")),
    ("org_unit", _("Department")),
    ("production_unit", _("P-number")),
    ("user_authorizations", _("Authorisations as a health professional")),
    ("user_education_code", _("Code of the education")),
    ("cpr_uuid", _("The person’s lasting number as a citizen (UUID)")),
    ("cpr_number", _("CPR number – only with a legal basis, and never without encryption")),
)

# What the profiles tell every service, whether it is chosen or not.
GIVEN = ("cvr", "org_name")


def routes(bench: Bench) -> tuple[Route, ...]:
    """One page with one form."""

    def show(
        person: Person,
        opened: Opened,
        form: Form,
        said: Mapping[str, Mapping[str, object]],
    ) -> Response:
        document = opened.content.document
        older = document.get("profile") == "oiosaml-2"
        wire = OIO2_OF if older else OIO3_OF
        return shell.page(
            "portals/service/attributes.html",
            person,
            crumbs=crumbs(person, opened, _("Attributes")),
            notice=notice(),
            form=form,
            opened=opened,
            offered=[(short, words, wire[short]) for short, words in OFFERED],
            said=said,
            why=WHY,
            given=GIVEN,
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
        )

    def page(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        form = Picked(formdata=None, version=opened.draft.version)
        return show(person, opened, form, _kept(opened.content))

    def keep(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        said = _typed()
        return save_picked(
            bench,
            person,
            opened,
            lambda: _made(said, opened),
            lambda form: show(person, opened, form, said),
            "service.attributes",
            "attributes",
        )

    return (
        Route("attributes", "<code>/attributes", may(READ), get=page),
        Route("attributes_save", "<code>/attributes/save", CHANGERS, get=page, post=keep),
    )


def _kept(content: Content) -> dict[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for one in content.release:
        motive = table(one.get("motive"))
        found[str(one.get("source"))] = {
            "da": motive.get("da", ""),
            "en": motive.get("en", ""),
            "required": one.get("required") is True,
        }
    return found


def _typed() -> dict[str, Mapping[str, object]]:
    chosen = request.form.getlist("attribute")
    return {
        short: {
            "da": text(request.form.get(f"{short}-da"))[:MOTIVE],
            "en": text(request.form.get(f"{short}-en"))[:MOTIVE],
            "required": request.form.get(f"{short}-required") == "yes",
        }
        for short, _words in OFFERED
        if short in chosen
    }


def _made(said: Mapping[str, Mapping[str, object]], opened: Opened) -> Content:
    content = opened.content
    mapping = dict(table(content.document.get("mapping")))
    before = {str(one.get("source")): dict(one) for one in content.release}
    offered = {short for short, _words in OFFERED}
    release: list[dict[str, object]] = []
    wrong: list[Wrong] = []
    for short, words in OFFERED:
        if short not in said:
            continue
        one = said[short]
        if not one["da"] or not one["en"]:
            wrong.append(Wrong("", f"{words}: {WHY}"))
            continue
        made = {**before.get(short, {"source": short})}
        made["motive"] = {"da": one["da"], "en": one["en"]}
        made.pop("required", None)
        if one["required"]:
            made["required"] = True
        release.append(made)
    if wrong:
        raise Wrong("", wrong[0].words, *wrong[1:])
    release += [one for source, one in before.items() if source not in offered]
    mapping |= {"service": opened.code, "release": release}
    mapping.pop("kind", None)
    if release:
        check_mapping(opened.code, mapping)
    return content.with_document({"mapping": mapping})
