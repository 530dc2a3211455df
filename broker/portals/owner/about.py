"""What a service is: names, start address, SLA class, contacts and agreements."""

from collections.abc import Iterator, Mapping

from flask import Response

from broker.metadata.showing import SLA
from broker.metadata.trust import begins_at, default_acs, default_start_url
from broker.portals import shell
from broker.portals.forms import (
    Change,
    Form,
    Needed,
    RadioField,
    SelectField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.owner.beginning import CHANGERS, notice
from broker.portals.owner.bench import CHANGE, READ, Bench, Opened, crumbs
from broker.portals.owner.saving import Wrong, save, table, text
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.registrations.model import Content
from broker.registrations.verdicts import Examined
from broker.saml.entity_contacts import MAIL
from broker.saml.entity_parts import bad_location
from broker.web.language import Text as _

CONTACTS = ("support", "technical", "administrative")


class About(Form):
    """Everything about a service that is neither metadata nor roles."""

    name_da = StringField(
        _("Name in Danish"), validators=[Needed(_("Write the name in Danish")), Short()]
    )
    name_en = StringField(
        _("Name in English"), validators=[Needed(_("Write the name in English")), Short()]
    )
    description_da = TextAreaField(_("What it is for, in Danish"), validators=[Short(600)])
    description_en = TextAreaField(_("What it is for, in English"), validators=[Short(600)])
    owner = StringField(_("Owner"), validators=[Needed(_("Write who owns it")), Short()])
    start_url = StringField(_("Start address"), validators=[Short(2000)])
    sla = RadioField(
        _("SLA class"),
        choices=[
            choice("standard", _("Standard: help in the service desk’s hours")),
            choice(
                "society-critical", _("Society-critical: used in patient care, around the clock")
            ),
        ],
    )
    minimum = SelectField(
        _("How surely people must be known"),
        choices=[
            choice("Low", _("Low: a user name and a password may do")),
            choice("Substantial", _("Substantial: usual in health care")),
            choice("High", _("High: for the most sensitive data")),
        ],
    )
    support_mail = StringField(_("Support for users: mail"), validators=[Short()])
    support_phone = StringField(_("Support for users: phone"), validators=[Short(40)])
    technical_name = StringField(_("Technical contact: name"), validators=[Short()])
    technical_mail = StringField(_("Technical contact: mail"), validators=[Short()])
    administrative_name = StringField(_("Owner’s contact: name"), validators=[Short()])
    administrative_mail = StringField(_("Owner’s contact: mail"), validators=[Short()])
    contract = StringField(_("Connection agreement: case number"), validators=[Short(80)])
    processing = StringField(_("Data processing agreement: case number"), validators=[Short(80)])
    privacy = StringField(_("Privacy notice: address"), validators=[Short(2000)])


FIELDS = tuple(
    name for name in vars(About) if not name.startswith("_") and name not in ("version", "Meta")
)


def routes(bench: Bench) -> tuple[Route, ...]:
    """One page with one form."""

    def show(person: Person, opened: Opened, form: Form, changes: tuple[Change, ...]) -> Response:
        return shell.page(
            "portals/service/about.html",
            person,
            crumbs=crumbs(person, opened, _("About the service")),
            notice=notice(),
            form=form,
            changes=changes,
            opened=opened,
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
        )

    def page(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        kept = _kept(bench, person, opened)
        return show(person, opened, About(formdata=None, version=opened.draft.version, **kept), ())

    def keep(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        form = About()
        return save(
            bench,
            person,
            opened,
            form,
            _kept(bench, person, opened),
            lambda: _made(form, opened.content, bench.examined(person, opened)),
            lambda f, changes: show(person, opened, f, changes),
            "service.about",
            "about the service",
        )

    return (
        Route("about", "<code>/about", may(READ), get=page),
        Route("about_save", "<code>/about/save", CHANGERS, get=page, post=keep),
    )


def _kept(bench: Bench, person: Person, opened: Opened) -> dict[str, object]:
    document, about = opened.content.document, opened.content.about
    description = table(about.get("description"))
    contacts = {str(one.get("kind")): one for one in _contacts(about.get("contacts"))}
    start = opened.content.text("start_url")
    if not start:
        facts = bench.examined(person, opened).facts
        sp = facts.sp if facts else None
        start = default_start_url(sp) if sp is not None and default_acs(sp) else ""
    found: dict[str, object] = {
        "name_da": opened.name.da,
        "name_en": opened.name.en,
        "description_da": description.get("da", ""),
        "description_en": description.get("en", ""),
        "owner": document.get("owner", ""),
        "start_url": start,
        "sla": document.get("sla", SLA[0]),
        "minimum": document.get("minimum", "Substantial"),
    }
    for kind in CONTACTS:
        one = table(contacts.get(kind))
        found |= {f"{kind}_mail": one.get("mail", ""), f"{kind}_name": one.get("name", "")}
        found |= {f"{kind}_phone": one.get("phone", "")}
    for key in ("contract", "processing", "privacy"):
        found[key] = about.get(key, "")
    return {name: value for name, value in found.items() if name in FIELDS}


def _contacts(value: object) -> list[dict[str, object]]:
    return [dict(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _wrong(said: Mapping[str, str], examined: Examined) -> Iterator[Wrong]:
    """Everything that cannot be, so that nobody is told of one thing at a time."""
    sp = examined.facts.sp if examined.facts else None
    for name in ("start_url", "privacy"):
        if said[name] and bad_location(said[name]):
            yield Wrong(name, _("Write the whole address, with https:// and a host name"))
        elif name == "start_url" and sp is not None and not begins_at(sp, said[name]):
            yield Wrong(name, _("Use an address on the same host as your address for answers."))
    for kind in CONTACTS:
        mail = said[f"{kind}_mail"]
        if mail and not MAIL.match(mail):
            yield Wrong(f"{kind}_mail", _("Write a mail address, such as help@example.dk"))


def _made(form: About, content: Content, examined: Examined) -> Content:
    said = {name: text(form[name].data) for name in FIELDS}
    start = said["start_url"]
    if wrong := list(_wrong(said, examined)):
        raise Wrong(wrong[0].field, wrong[0].words, *wrong[1:])
    contacts = []
    for kind in CONTACTS:
        mail = said[f"{kind}_mail"]
        if mail:
            one = {"kind": kind, "mail": mail, "name": said.get(f"{kind}_name", "")}
            contacts.append({**one, "phone": said.get(f"{kind}_phone", "")})
    mail = said["administrative_mail"] or said["technical_mail"]
    changed = content.with_document(
        {
            "name": {"da": said["name_da"], "en": said["name_en"]},
            "owner": said["owner"],
            "start_url": start or None,
            "sla": said["sla"],
            "minimum": said["minimum"],
            "contact": mail or None,
        }
    )
    return changed.with_about(
        {
            "description": {"da": said["description_da"], "en": said["description_en"]},
            "contacts": contacts,
            "contract": said["contract"],
            "processing": said["processing"],
            "privacy": said["privacy"],
        }
    )
