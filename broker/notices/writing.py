"""From a notice to what its mail tells: ids become names, as they are now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.mail.facts import LONG_AGO
from broker.mail.model import Event
from broker.mail.people import PeopleFacts
from broker.metadata.model import Federation
from broker.notices.model import Notice
from broker.organisations import store
from broker.organisations.model import Organisation
from broker.roles.catalogue.snapshot import Catalogue
from broker.saml.entities import Localised

_MANDATES = {
    "org_chief": Localised("chefadministrator", "chief administrator"),
    "org_admin": Localised("administrator", "administrator"),
    "org_approver": Localised("godkender", "approver"),
    "org_reader": Localised("læser", "reader"),
    "substitute": Localised("stedfortræder", "substitute"),
}
_NATIONAL = Localised("nationale roller", "national roles")
# Where the reader goes next, below the portal of the federation; `{}` is what it is about. Who
# decides a request may be elsewhere than in the organisation: the front page says what waits.
_PAGES = {
    "request-received": "mine/requests/{}",
    "request-asked": "mine/requests/{}",
    "request-decided": "mine/requests/{}",
    "request-expired": "mine/requests/{}",
    "request-waiting": "",
    "role-ending": "mine/roles/{}",
    "person-moved": "org/people/{}",
    "person-left": "org/people/{}",
    "mandate-granted": "org/mandates",
    "administrators-one": "org/mandates",
    "administrators-none": "org/mandates",
}
_OWN = "mine/"


@dataclass(frozen=True, slots=True)
class Writer:
    """Looks names up; `federation` finds one by its path, or None."""

    catalogue: Callable[[Connection], Catalogue]
    federation: Callable[[str], Federation | None]

    def event(
        self, connection: Connection, notice: Notice, at: datetime, page: str | None = None
    ) -> Event | None:
        """The mail of a notice; None where what it is about is not there any more."""
        facts = notice.facts
        home = store.organisation(connection, UUID(facts["home"]), at)
        federation = self.federation(home.federation) if home else None
        if home is None or federation is None:
            return None
        catalogue = self.catalogue(connection)
        role, service = _role(catalogue, home, facts.get("role", ""), at)
        portal = f"{federation.base}/portal/"
        return Event(
            notice.kind,
            notice.about,
            notice.milestone,
            PeopleFacts(
                federation=federation.name,
                organisation=home.name,
                who=_name(connection, facts.get("who", ""), at),
                by=_name(connection, facts.get("by", ""), at),
                role=role,
                service=service,
                what=_MANDATES.get(facts.get("what", ""), Localised("", "")),
                state=facts.get("state", ""),
                number=facts.get("number", ""),
                days=facts.get("days", ""),
                until=_instant(facts.get("until", "")),
                at=_instant(facts.get("at", "")),
                link=portal + (page or _PAGES.get(notice.kind, _OWN).format(notice.about)),
                settings=f"{portal}mine/mail",
            ),
        )


def _role(
    catalogue: Catalogue, home: Organisation, said: str, at: datetime
) -> tuple[Localised, Localised]:
    """What a role and its service are called; empty where none is meant."""
    if not said:
        return Localised("", ""), Localised("", "")
    role = catalogue.role_by_urn(home.federation, said)
    if role is None and (own := _uuid(said)):
        role = catalogue.role(own)
    version = role.at(at) if role else None
    if role is None or version is None:
        return Localised(said, said), Localised("", "")
    if role.service is None:
        return version.name, _NATIONAL
    service = catalogue.service(home.federation, role.service)
    named = service.at(at) if service else None
    return version.name, named.name if named else Localised(role.service, role.service)


def _name(connection: Connection, account: str, at: datetime) -> str:
    """What somebody is called: nobody's name is kept with the notice itself."""
    own = _uuid(account)
    found = store.account(connection, own, at) if own else None
    return found.display_name if found else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else LONG_AGO
