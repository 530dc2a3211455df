"""Which mails somebody gets, and in which language: one choice for each topic."""

from flask import Response, request

from broker.errors import NotAllowed
from broker.notices.choosing import choose, chosen, topics_for
from broker.notices.store import LANGUAGE
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.office import Office
from broker.portals.permissions import OWN
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text as _

TOPICS = {
    "request": (_("My requests"), _("received, asked about and decided")),
    "request-expired": (_("Requests that nobody answered"), _("when they expire")),
    "role": (_("My roles"), _("given, changed and ended")),
    "role-ending": (_("Roles that end soon"), _("30, 14 and 3 days before")),
    "own-mandate": (_("My mandates"), _("given and withdrawn")),
    "request-waiting": (_("Requests that wait for me"), _("when I can decide them")),
    "mandate": (_("New administrators"), _("so that nobody gets in unseen")),
    "alone": (_("Too few administrators"), _("one left, or none")),
    "people": (_("People who left or moved"), _("and have roles")),
}
HOWS = {
    "now": _("At once"),
    "daily": _("Once a day"),
    "weekly": _("Once a week"),
    "none": _("Never"),
}
LANGUAGES = {"both": _("Danish and English"), "da": _("Danish"), "en": _("English")}


def routes(office: Office) -> tuple[Route, ...]:
    """The one page, for whoever has an account."""

    def show(person: Person) -> Response:
        account = _account(person)
        with office.reading() as connection:
            now = chosen(connection, account.id)
        done = request.args.get("done") == "1"
        return shell.page(
            "portals/mine/mail.html",
            person,
            crumbs=[Crumb(_("Mails"))],
            notice=_("Your choice has been saved.") if done else None,
            topics=topics_for(person.actor.mandates),
            words=TOPICS,
            hows=HOWS,
            languages=LANGUAGES,
            chosen=now,
            account=account,
        )

    def save(person: Person) -> Response:
        account = _account(person)
        known = [one for one in topics_for(person.actor.mandates) if not one.fixed]
        said = {
            name: request.form[name]
            for name in (LANGUAGE, *(one.name for one in known))
            if name in request.form
        }
        with office.writing() as connection:
            choose(connection, account.id, said, person.now)
        return shell.back(person, "mine.mail", done=1)

    return (Route("mail", "mail", OWN, get=show, post=save, menu=_("Mails")),)


def _account(person: Person) -> Account:
    if person.account is None:
        raise NotAllowed("portal.no_account", "acts for no account")
    return person.account
