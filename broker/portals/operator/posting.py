"""Mail: what was sent without what it said, addresses that fail, and the words of each kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from flask import Response, request

from broker.audit.events import MailCleared
from broker.db import Connection
from broker.errors import NotAllowed, Refused, Unknown
from broker.mail.kinds import KINDS
from broker.mail.model import STATES, Mail
from broker.mail.store import Outbox
from broker.mail.templates import Words
from broker.mail.trail import store as trail
from broker.mail.wording import store as wordings
from broker.mail.wording.checking import check, placeholders
from broker.mail.wording.model import PARTS, Texts, Version, shipped
from broker.mail.wording.service import Wording
from broker.metadata.model import Federation
from broker.portals import shell
from broker.portals.forms import Form, Short, StringField, TextAreaField
from broker.portals.listing import SIZE, Listed, asked_page
from broker.portals.office import Office
from broker.portals.operator.words import MAIL_STATE, MAIL_STATE_CLASS
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.reference import new_reference

MAIL, WORDS = _("Mail"), _("Words of mails")
_SAID: dict[str, Text] = {
    "again": _("The mail waits, and is sent within a minute."),
    "cleared": _("The address is cleared. A new mail that comes back tells anew."),
    "saved": _("The new words count from the next mail on."),
    "shipped": _("The words that came with the product count again."),
    "tried": _("A test is on its way to your own address."),
}


class Lost(Form):
    """What is done about an address: nothing but the button says it."""

    mail = StringField(_("Mail"), validators=[Short(64)])
    what = StringField(_("What"), validators=[Short(16)])


class Worded(Form):
    """The four texts, and why they are changed."""

    subject_da = StringField(_("Subject, in Danish"))
    body_da = TextAreaField(_("Text, in Danish"))
    subject_en = StringField(_("Subject, in English"))
    body_en = TextAreaField(_("Text, in English"))
    reason = StringField(_("Why, for the history"), validators=[Short(300)])

    def texts(self) -> Texts:
        """What was written, with line ends as files have them."""
        return Texts(*(str(self[name].data or "").replace("\r\n", "\n") for name in PARTS))


@dataclass(frozen=True, slots=True)
class Posting:
    """The pages, over one office."""

    office: Office

    def log(self, person: Person) -> Response:
        """What became of mails."""
        self._whole(person)
        asked = {key: request.args.get(key, "") for key in ("state", "kind", "to")}
        number = asked_page(request.args.get("page"))
        state = asked["state"] if asked["state"] in STATES else ""
        with self.office.reading() as connection:
            rows, total, counts = trail.log(
                connection, state, asked["kind"], asked["to"].strip(), number, SIZE
            )
            lost = trail.failing(connection)
        return shell.page(
            "portals/operator/mail.html",
            person,
            crumbs=(Crumb(MAIL),),
            listed=Listed(rows, number, total),
            lost=lost[:SIZE],
            more=len(lost[SIZE:]),
            counts=counts,
            asked=asked,
            kinds=sorted(KINDS),
            states=STATES,
            words=MAIL_STATE,
            classes=MAIL_STATE_CLASS,
            may_change=person.may("mail.change", person.thing()),
            notice=_SAID.get(request.args.get("done", "")),
        )

    def about(self, person: Person) -> Response:
        """An address is cleared, or the mail to it sent again."""
        self._whole(person)
        form, now = Lost(), person.now
        person.demand("mail.change", person.thing())
        with self.office.writing() as connection:
            kept = Outbox().find(connection, str(form.mail.data or ""))
            if kept is None:
                raise Unknown("mail.unknown", "no such mail")
            again = form.what.data == "again"
            if again and not Outbox().again(connection, kept, now):
                raise Refused("mail.gone", "it arrived, or its words are not kept any more")
            trail.clear(connection, kept.mail.recipient, now, _name(person))
            event = MailCleared(
                mail=kept.id, what="sent again" if again else "cleared", by=_name(person)
            )
            self.office.audit.append(connection, event, at=now, reference=new_reference())
        return shell.back(person, "operator.mail", done="again" if again else "cleared")

    def kinds(self, person: Person) -> Response:
        """Every kind of mail, and whose words count."""
        self._whole(person)
        with self.office.reading() as connection:
            newest = wordings.newest(connection)
        return shell.page(
            "portals/operator/mail_kinds.html",
            person,
            crumbs=self._crumbs(person),
            kinds=[(kind, newest.get(kind), shipped(kind)) for kind in sorted(KINDS)],
        )

    def show(self, person: Person, kind: str) -> Response:
        """The words of a kind as they are; another version of them by the address."""
        self._whole(person)
        form = Worded()
        with self.office.reading() as connection:
            texts, number = self._wording.current(connection, kind)
            known = wordings.versions(connection, kind)
        asked = request.args.get("version", "")
        found = next((one for one in known if str(one.version) == asked), None)
        if found is not None or asked == "0":
            texts = found.texts if found is not None and found.texts else shipped(kind)
        for name in PARTS:
            form[name].data = getattr(texts, name)
        form.version.data = str(number)
        return self._page(person, kind, form, known)

    def change(self, person: Person, kind: str) -> Response:
        """Looked at, tried or kept, whichever button was pressed."""
        self._whole(person)
        form, what = Worded(), request.form.get("do", "look")
        with self.office.writing() as connection:
            _texts, number = self._wording.current(connection, kind)
            known = wordings.versions(connection, kind)
            preview: dict[str, Words] = {}
            if form.sent():
                person.demand("mail.change", person.thing())
                try:
                    if what != "shipped":
                        preview = check(self.office.letters.templates, kind, form.texts())
                    if what == "try":
                        self._try(connection, person, kind, preview)
                    elif what in ("save", "shipped"):
                        texts = form.texts() if what == "save" else None
                        self._keep(connection, person, kind, form, texts, number)
                        done = "saved" if what == "save" else "shipped"
                        return shell.back(person, "operator.mail_kind", kind=kind, done=done)
                except Refused as error:
                    form.refuse(error)
                    if error.code.startswith("mail.") and error.detail:
                        form.form_errors.append(error.detail)
        notice = _SAID["tried"] if what == "try" and preview and not form.form_errors else None
        return self._page(person, kind, form, known, preview, notice)

    # --- parts ------------------------------------------------------------------------------

    def _whole(self, person: Person) -> None:
        demand_whole(person.federation, self.office.registry.current().federations)

    @property
    def _wording(self) -> Wording:
        return Wording(self.office.letters.templates, self.office.audit)

    def _try(
        self, connection: Connection, person: Person, kind: str, preview: dict[str, Words]
    ) -> None:
        """To the operator's own address and nobody else's."""
        address = person.account.email if person.account else None
        if not address:
            raise Refused("mail.no_address", "")
        for language, words in preview.items():
            mail = Mail(
                kind="try",
                about=f"words of {kind}",
                milestone=uuid4().hex,
                recipient=address,
                language="da" if language == "da" else "en",
                subject=words.subject,
                body=words.body,
            )
            Outbox().put(connection, mail, person.now)

    def _keep(
        self,
        connection: Connection,
        person: Person,
        kind: str,
        form: Worded,
        texts: Texts | None,
        number: int,
    ) -> None:
        before = str(form.version.data or "0")
        reason = str(form.reason.data or "").strip()
        version = Version(kind, number + 1, person.now, _name(person), reason, texts)
        if before != str(number):
            raise Refused("mail.changed", "")
        self._wording.change(connection, version, number, new_reference())

    def _page(
        self,
        person: Person,
        kind: str,
        form: Worded,
        known: tuple[Version, ...],
        preview: dict[str, Words] | None = None,
        notice: Text | None = None,
    ) -> Response:
        return shell.page(
            "portals/operator/mail_kind.html",
            person,
            crumbs=(*self._crumbs(person, last=False), Crumb(kind)),
            form=form,
            kind=kind,
            known=known,
            preview=preview or {},
            placeholders=placeholders(kind, person.federation.origin),
            may_change=person.may("mail.change", person.thing()),
            notice=notice or _SAID.get(request.args.get("done", "")),
        )

    def _crumbs(self, person: Person, *, last: bool = True) -> tuple[Crumb, ...]:
        where = None if last else shell.link(person, "operator.mail_kinds")
        return (Crumb(MAIL, shell.link(person, "operator.mail")), Crumb(WORDS, where))


def _name(person: Person) -> str:
    return person.name or person.actor.label


def demand_whole(federation: Federation, every: Iterable[Federation]) -> None:
    """Pass where somebody of a federation may see and change what all of them share.

    Mails and their words are the installation's. Whoever operates a test environment alone
    would read addresses of production, and write to its people. Raises NotAllowed.
    """
    if federation.test_login and any(not one.test_login for one in every):
        raise NotAllowed("permission.federation", "the mails of production as well")


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    pages = Posting(office)
    read, change = may("federation.read", by=OPERATORS), may("mail.change", by=OPERATORS)

    return (
        Route("mail", "mail", read, get=pages.log, menu=MAIL),
        Route("mail_address", "mail/address", change, post=pages.about),
        Route("mail_kinds", "mail/words", read, get=pages.kinds),
        Route("mail_kind", "mail/words/<kind>", change, get=pages.show, post=pages.change),
    )
