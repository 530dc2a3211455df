"""Invite somebody into the team of a service; look at an invitation, accept and withdraw it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from broker.audit.events import InvitationChanged
from broker.db import reading
from broker.errors import NotAllowed, Refused, Unknown
from broker.invitations import store
from broker.invitations.model import A_DAY, KEPT, LIFE, Asked, Invitation, Target
from broker.mail.cases import InvitationFacts
from broker.mail.letters import Letters
from broker.mail.model import Event, Recipient
from broker.organisations import store as people
from broker.organisations import words
from broker.organisations.codes import Code, new_code, read_code
from broker.organisations.desk import Desk, Work
from broker.organisations.hooks import ServiceNames
from broker.organisations.mandating import Wanted, give, not_in_place_of
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Thing, demand, level_of
from broker.periods import Period


@dataclass(frozen=True, slots=True)
class Guest:
    """Who has signed in and holds a link: the account that they act for, and its organisation."""

    actor: Actor
    account: UUID
    federation: str
    cvr: str


@dataclass(frozen=True, slots=True)
class InvitationService:
    """Invitations, within what owners of a service may give."""

    desk: Desk
    services: ServiceNames
    letters: Letters

    def invite(self, actor: Actor, target: Target, asked: Asked, deed: Deed) -> UUID:
        """Invite somebody; the mail with the link is in the same transaction.

        Raises NotAllowed, Refused("invitation.already" | "invitation.many" | "input.…") and what
        `Work.period` does.
        """
        with self.desk.work(actor, deed) as work:
            thing = Thing(target.federation, service=target.service, mandate=asked.kind)
            not_in_place_of(work.demand("mandate.give", thing))
            if actor.account is None:
                raise NotAllowed("permission.mandate", "an invitation is somebody's, who answers")
            work.account(actor.account)  # locked: nobody sends more at once than in a row
            if not self.services.known(work.connection, target.federation, target.service):
                raise Refused("mandate.service", "there is no such service in the federation")
            work.period(None, asked.ends)
            mail = words.mail(asked.email)
            if mail is None:
                raise Refused("input.mail", "that is no mail address")
            self._bounded(work, target, asked, mail)
            code, made = new_code(), uuid4()
            invitation = Invitation(
                id=made,
                federation=target.federation,
                service=target.service,
                kind=asked.kind,
                name=words.line("the name", asked.name, words.NAME),
                email=mail,
                cvr=words.cvr(asked.cvr),
                ends=asked.ends,
                reason=work.deed.reason,
                period=Period(deed.at, deed.at + LIFE),
                code_hash=code.hashed(made),
                guesses=0,
                accepted_at=None,
                withdrawn_at=None,
                by_account=actor.account,
            )
            store.forget(work.connection, deed.at - KEPT)
            store.add(work.connection, invitation, code.selector)
            _record(work, invitation, "sent")
            self._write(work, target, invitation, code)
        return made

    def listed(
        self, actor: Actor, federation: str, service: str, at: datetime
    ) -> tuple[Invitation, ...]:
        """The invitations of a service, the latest first. Raises NotAllowed."""
        demand(actor, "service.read", Thing(federation, service=service))
        with reading(self.desk.engine) as connection:
            return store.of_service(connection, federation, service, at - KEPT)

    def withdraw(
        self, actor: Actor, federation: str, service: str, invitation: UUID, deed: Deed
    ) -> None:
        """End an invitation that waits. Raises NotAllowed, Unknown, Refused("invitation.over")."""
        with self.desk.work(actor, deed) as work:
            sent = store.of_service(work.connection, federation, service, deed.at - KEPT)
            found = next((one for one in sent if one.id == invitation), None)
            kind = found.kind if found else "service_tech"
            work.demand("mandate.take", Thing(federation, service=service, mandate=kind))
            if found is None:
                raise Unknown("invitation.unknown", "not an invitation of this service")
            waits = found.state(deed.at) == "waiting"
            if not waits or not store.withdrawn(work.connection, invitation, deed.at):
                raise Refused("invitation.over", "it does not wait any more")
            _record(work, found, "withdrawn")

    def look(self, guest: Guest, code: str, deed: Deed) -> Invitation:
        """What a link is for; a wrong one is a guess.

        Raises Unknown("invitation.unknown"), and NotAllowed("invitation.organisation") where
        the login is of another organisation than the one that was named.
        """
        with self.desk.work(guest.actor, deed) as work:
            found = _found(work, guest.federation, read_code(code))
        return _theirs(found, guest)

    def accept(self, guest: Guest, code: str, deed: Deed) -> Invitation:
        """Take the place in the team. Raises what `look` and `mandating.give` do.

        It is given by whoever invited, with the mandates that they hold now: those who have
        left the team meanwhile bring nobody into it.
        """
        with self.desk.work(guest.actor, deed) as work:
            found = _found(work, guest.federation, read_code(code))
            if found is not None:
                self._take(work, _theirs(found, guest), guest)
        return _theirs(found, guest)

    def _take(self, work: Work, invitation: Invitation, guest: Guest) -> None:
        level = level_of(invitation.kind)
        if guest.actor.assurance < level:
            raise NotAllowed("permission.assurance", "log in more surely to look after a service")
        at = work.deed.at
        giver = people.actor(work.connection, invitation.by_account, at, level)
        said = replace(work.deed, reason=invitation.reason)
        wanted = Wanted(invitation.kind, invitation.service, until=invitation.ends)
        try:
            give(replace(work, actor=giver, deed=said), self.services, guest.account, wanted)
        except NotAllowed as error:
            if error.code == "permission.oneself":
                raise
            words_of = "whoever invited may not bring anybody into the team any more"
            raise NotAllowed("invitation.giver", words_of) from error
        if not store.accepted(work.connection, invitation.id, guest.account, at):
            raise Unknown("invitation.unknown", "it was used or withdrawn a moment ago")
        _record(work, invitation, "accepted", guest.account)

    def _bounded(self, work: Work, target: Target, asked: Asked, mail: str) -> None:
        at = work.deed.at
        sent = store.of_service(work.connection, target.federation, target.service, at - LIFE)
        if sum(one.period.since > at - timedelta(days=1) for one in sent) >= A_DAY:
            raise Refused("invitation.many", "enough have been invited today")
        for one in sent:
            same = (one.email.casefold(), one.kind) == (mail.casefold(), asked.kind)
            if same and one.state(at) == "waiting":
                raise Refused("invitation.already", "an invitation waits for them")

    def _write(self, work: Work, target: Target, invitation: Invitation, code: Code) -> None:
        facts = InvitationFacts(
            federation=target.home,
            service=target.name,
            owner=invitation.kind == "service_owner",
            url=f"{target.base}/portal/service/invited/{code.shown}",
            until=invitation.period.until,
        )
        event = Event("team-invitation", str(invitation.id), "sent", facts)
        to = (Recipient(invitation.email, "asked", "da"),)
        self.letters.put(work.connection, event, to, work.deed.at)


def _found(work: Work, federation: str, code: Code) -> Invitation | None:
    """The invitation that a code opens now, locked; a wrong one is counted and committed."""
    found = store.of_code(work.connection, federation, code.selector)
    if found is None or found.state(work.deed.at) != "waiting":
        return None
    if not code.opens(found.id, found.code_hash):
        store.missed(work.connection, found.id)
        _record(work, found, "missed")
        return None
    return found


def _theirs(found: Invitation | None, guest: Guest) -> Invitation:
    if found is None:
        raise Unknown("invitation.unknown", "wrong, used, withdrawn or too old")
    if guest.cvr != found.cvr:
        raise NotAllowed("invitation.organisation", "logged in for another organisation")
    return found


def _record(
    work: Work,
    invitation: Invitation,
    change: Literal["sent", "accepted", "missed", "withdrawn"],
    account: UUID | None = None,
) -> None:
    event = InvitationChanged(
        federation=invitation.federation,
        service=invitation.service,
        invitation=str(invitation.id),
        mandate=invitation.kind,
        change=change,
        cvr=invitation.cvr,
        account=None if account is None else str(account),
        until=invitation.period.until.isoformat(),
        reason=work.deed.reason,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
