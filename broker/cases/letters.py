"""Mails about cases: the officer's link, what waits for whom, news, and links to begin with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from broker.cases.documents import Building, Connecting, Contact, Joining, read
from broker.cases.model import Case, CaseEvent, Happening
from broker.cases.wanting import OFFICER
from broker.mail.cases import CaseFacts, CaseLinkFacts, ClaimFacts
from broker.mail.letters import Letters
from broker.mail.model import Event, Recipient
from broker.metadata.model import Federation
from broker.organisations import store
from broker.organisations.claims import LIFE
from broker.organisations.desk import Work
from broker.organisations.people import Added
from broker.saml.entities import Localised

_WHAT: dict[Happening, Localised] = {
    "opened": Localised("Vi har modtaget sagen.", "We have received the case."),
    "asked": Localised(
        "Vi har et spørgsmål og venter på dit svar.",
        "We have a question, and wait for your answer.",
    ),
    "approved": Localised("Sagen er godkendt og gennemført.", "The case has been approved."),
    "refused": Localised("Sagen er afvist.", "The case has been refused."),
}
_STEP = Localised("Et trin i sagen er godkendt.", "A step of the case has been approved.")
_PART = Localised(
    "En del af det, I søgte om, er afvist. Resten går videre.",
    "A part of what you asked for has been refused. The rest goes on.",
)
_DECIDE = Localised(
    "En sag venter på, at du godkender eller afviser.",
    "A case waits for you to approve or refuse.",
)
_BACK = Localised(
    "Der er svaret på spørgsmålet, og sagen venter på dig igen.",
    "The question has been answered, and the case waits for you again.",
)


# Where the applicant follows it.
_PLACES = {"access": "org/cases", "service": "service/cases", "vendor": "vendor/cases"}


@dataclass(frozen=True, slots=True)
class CaseLetters:
    """Writes them into the outbox, in the transaction of what they tell."""

    letters: Letters
    operators: tuple[Recipient, ...]
    federation: Callable[[str], Federation]

    def told(self, work: Work, case: Case, event: CaseEvent) -> None:
        """News to whoever asked, and a word to those whom the case waits for now."""
        what = _WHAT.get(event.what)
        if event.what in ("approved", "refused") and case.lasting:
            what = _STEP if event.what == "approved" else _PART
        if what is not None:
            to = applicants(work, case)
            place = _PLACES.get(case.kind, "cases")
            said = event.words if event.what in ("asked", "refused") else ""
            self._put(work, case, "case-news", what, said, to, place)
        if event.what in ("opened", "approved", "refused", "answered"):
            self._waits(work, case, event)

    def invited(self, work: Work, case: Case, step: str, code: str) -> None:
        """The link of the security officer."""
        if step != OFFICER:
            return
        asked = read(case, Joining)
        base = self._base(case)
        home = self.federation(case.federation)
        url = f"{base}/cases/officer/{code}"
        facts = CaseLinkFacts(home.name, asked.name, case.reference, url)
        event = Event("case-link", case.reference, _occasion(work, "link"), facts)
        to = (Recipient(asked.officer.email, "asked", "da"),)
        self.letters.put(work.connection, event, to, work.deed.at)

    def claim(self, work: Work, case: Case, added: Added, who: Contact, organisation: str) -> None:
        """The link by which an administrator begins; its code is in this mail and nowhere else."""
        if added.code is None:
            return
        home, base = self.federation(case.federation), self._base(case)
        until = work.deed.at + LIFE
        url = f"{base}/cases/claim/{added.code}"
        facts = ClaimFacts(home.name, organisation, url, until)
        event = Event("case-claim", str(added.account), case.reference, facts)
        to = (Recipient(who.email, "asked", "da"),)
        self.letters.put(work.connection, event, to, work.deed.at)

    def _waits(self, work: Work, case: Case, event: CaseEvent) -> None:
        what = _BACK if event.what == "answered" else _DECIDE
        for step in case.waiting:
            if event.what != "answered" and event.step is not None:
                done = case.step(event.step)
                if done is not None and done.stage == step.stage:
                    continue  # it waited before, and they know
            if step.decider == "operator":
                place = "operator/cases"
                self._put(work, case, "case-waits", what, "", self.operators, place)
            elif step.decider == "service_owner" and step.service is not None:
                found = store.holders(
                    work.connection,
                    case.federation,
                    work.deed.at,
                    "service_owner",
                    service=step.service,
                )
                to = [Recipient(one.email, "asked", "da") for one in found if one.email]
                self._put(work, case, "case-waits", what, "", to, "service/cases")

    def _put(
        self,
        work: Work,
        case: Case,
        kind: str,
        what: Localised,
        said: str,
        to: Iterable[Recipient],
        place: str,
    ) -> None:
        home = self.federation(case.federation)
        url = f"{self._base(case)}/{place}/{case.reference}"
        facts = CaseFacts(home.name, case.title, case.reference, what, said, url)
        event = Event(kind, case.reference, _occasion(work, str(case.version)), facts)
        self.letters.put(work.connection, event, to, work.deed.at)

    def _base(self, case: Case) -> str:
        return f"{self.federation(case.federation).base}/portal"


def _occasion(work: Work, what: str) -> str:
    """Names what is told, so that it is told once and may be told of again later."""
    return f"{what} {work.deed.at:%Y-%m-%dT%H:%M:%S.%f}"


def applicants(work: Work, case: Case) -> tuple[Recipient, ...]:
    """Who hears how a case goes: the applicant as they wrote it, or as their account has it."""
    if case.kind == "organisation":
        return (Recipient(read(case, Joining).applicant.email, "asked", "da"),)
    if case.kind == "idp":
        return (Recipient(read(case, Connecting).contact.email, "asked", "da"),)
    if case.kind == "vendor":
        asked = read(case, Building)
        return (Recipient(asked.contact.email, "asked", asked.language),)
    account = case.opened_by.account
    found = store.account(work.connection, account, work.deed.at) if account else None
    return (Recipient(found.email, "asked", "da"),) if found and found.email else ()
