"""From an accepted assertion to the service's answer: hops 4 (policy), 5 and 6, and what stays.

Runs inside the one transaction of a login; whatever is raised takes back what was written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from broker.attributes.kept import Mappings
from broker.attributes.written import Told
from broker.audit.events import How
from broker.audit.flights.model import came
from broker.db import Connection
from broker.errors import Refused
from broker.login import idp_response, mapping, session, shadow, sp_response
from broker.login.acting import Acting, Actors
from broker.login.admitting import come_back, is_tester
from broker.login.ours import OurKeys
from broker.login.outcome import Cookies
from broker.login.record import Recorder
from broker.login.seal import Sealer
from broker.login.sp_response import Answer
from broker.login.state import Accepted, AwaitingChoice, Finished, Outgoing, Permitted
from broker.login.turn import Turn
from broker.saml import names
from broker.saml.ids import new_id
from broker.sessions.cookie import SessionCookie, name_for
from broker.sessions.model import NewSession, Participant, Session
from broker.sessions.store import SessionStore
from broker.trials.answers import chosen_roles
from broker.trials.faults import BY_CODE
from broker.trials.model import Trial
from broker.trials.service import Trials

LOOP_WINDOW = timedelta(seconds=60)
MAX_LOGINS = 10  # at one service in one session within the window; more is a loop


@dataclass(frozen=True, slots=True)
class Closed:
    """The answer to the service, and what the browser keeps."""

    answer: Answer
    cookies: Cookies


@dataclass(frozen=True, slots=True)
class Closing:
    """Ends a login well."""

    keys: OurKeys
    sealer: Sealer
    recorder: Recorder
    sessions: SessionStore
    mappings: Mappings
    actors: Actors
    trials: Trials

    def close(
        self,
        turn: Turn,
        connection: Connection,
        permitted: Permitted,
        known: Session | None,
        candidates: Sequence[UUID] = (),
        chosen: UUID | None = None,
    ) -> Closed:
        """Roles, session, answer and audit row, of a fresh login or of a known session.

        `chosen` is the account that the person says they act for. Raises NotAllowed (policy.*),
        Refused("flow.loop"), Refused("flow.session_ended"), and SeveralAccounts before anything
        but who it is has been written.
        """
        service, idp = turn.known()
        own = known is not None and session.begun_by(permitted.accepted.waiting.asked, known)
        left = known.started_at if known and own else None
        testers_only = come_back(turn, permitted, left)
        told_so = mapping.told_of(service, staff=_staff(turn), now=turn.now)
        trial = self._trial(turn, connection, permitted)
        acting, outgoing, tried = self._mapped(turn, connection, permitted, told_so, chosen, trial)
        if testers_only:
            account = acting.answer.account
            is_tester(turn, acting.found.person, account.id if account else None)
        permitted = outgoing.permitted
        with turn.at("sp_response", service.sp.entity_id) as checks:
            named = self.recorder.name(connection, turn, acting.found)
            new: SessionCookie | None = None
            if known is None:
                new = self.begin(turn, connection, permitted, named.person, candidates)
                at = new.id
            else:
                at = known.id
                if not self.sessions.touch(connection, at, turn.now):
                    raise Refused("flow.session_ended", "logged out in another window meanwhile")
            joined = new is None or new.id in candidates  # a session that was there before
            told = self._told(turn, connection, at, outgoing, named.value, joined=joined)
            began = known.started_at if known else turn.now
            answer = sp_response.respond(
                outgoing,
                service,
                turn.federation,
                idp,
                self.keys.of(turn),
                name=told.name,
                session_index=told.session_index,
                session_until=session.ends(
                    began,
                    _upstream_end(permitted),
                    turn.federation,
                    service,
                    outgoing.answer.until,
                ),
                now=turn.now,
                fault=None if trial is None else BY_CODE.get(trial.choices.fault),
            )
            checks.extend(["schema", "signed", "plain" if service.plaintext else "encrypted"])
        asked = permitted.accepted.waiting.asked
        again = known is not None and not session.begun_by(asked, known)
        how: How = "session" if again else "asked" if asked.solicited else "unsolicited"
        roles = len(outgoing.answer.issued)
        self._note(turn, how)
        self.recorder.completed(connection, turn, permitted, named, roles, how, answer.issued.xml)
        if trial is None:
            self.actors.issued(turn, connection, acting)
        else:
            self.trials.sent(connection, trial, answer.plain or b"", turn.now)
        if tried is not None:
            shadow.count(connection, tried, told_so)
        return Closed(answer, self._cookies(turn, permitted, at, new))

    def _note(self, turn: Turn, how: How) -> None:
        """That partners worked with the keys of ours that count for them, or with one they try."""
        service, idp = turn.known()
        path, signals = turn.federation.path, self.recorder.signals
        answered, asked = self.keys.epochs(turn)
        endpoint = None if turn.asked is None else turn.asked.endpoint
        # Whoever may log in can write an unsigned request to the address of an epoch.
        forgeable = endpoint is not None and not service.must_sign
        if not self.keys.rehearsing(turn) and not forgeable:
            signals.used(path, service.code, turn.now, endpoint=endpoint, epoch=answered)
        if (tried := self.keys.tried(turn)) is not None:
            signals.rehearsed(path, service.code, turn.now, epoch=tried)
        if how == "asked":
            signals.returned(path, idp.code, turn.now, epoch=asked)

    def _trial(self, turn: Turn, connection: Connection, permitted: Permitted) -> Trial | None:
        """The choices of a test login; in production there are none, whoever says so."""
        service, idp = turn.known()
        assertion = permitted.accepted.assertion
        found = self.trials.of_login(
            connection, turn.federation, idp, service.code, assertion, turn.now
        )
        turn.trial = None if found is None else found.id
        return found

    def _mapped(
        self,
        turn: Turn,
        connection: Connection,
        permitted: Permitted,
        told: Told,
        chosen: UUID | None,
        trial: Trial | None,
    ) -> tuple[Acting, Outgoing, shadow.Tried | None]:
        """Who acts with which roles, what the service is told of it, and what a mapping in
        shadow would have told instead.
        """
        service, idp = turn.known()
        with turn.at("mapping", service.code) as checks:
            checks.extend(permitted.trace)
            keys = sp_response.identity_keys(permitted, idp)
            cpr = permitted.claims.one("cpr_number")
            found = self.recorder.person(connection, turn, keys, cpr)
            turn.person = found.person
            acting = self.actors.acting(turn, connection, permitted, found, keys, chosen)
            if trial is not None:
                acting = self._as_chosen(turn, connection, acting, trial)
            turn.answer = acting.answer
            permitted = replace(permitted, claims=acting.claims)
            checks.extend(acting.answer.trace)
            version = turn.registry.mapping(service, turn.now)
            turn.mapping = version.version if version else None
            outgoing = mapping.map_attributes(
                permitted, service, self.mappings.of(service, version), told, acting.answer
            )
            checks.extend(outgoing.released.trace)
            waiting, tried = turn.registry.shadow_mapping(service), None
            if waiting is not None:
                tried = shadow.attempt(
                    waiting,
                    version,
                    self.mappings,
                    service,
                    permitted.claims,
                    told,
                    outgoing.released,
                    acting.answer.attributes,
                )
                checks.append(tried.words)
        return acting, outgoing, tried

    def _as_chosen(
        self, turn: Turn, connection: Connection, acting: Acting, trial: Trial
    ) -> Acting:
        service, _ = turn.known()
        catalogue = self.actors.asking.catalogue.current_in(connection)
        answer = chosen_roles(
            trial,
            acting.answer,
            catalogue.issued_at(turn.federation.path, service.code, turn.now),
            catalogue.types,
            service.speech.profile,
            turn.now,
        )
        return replace(acting, answer=answer)

    def begin(
        self,
        turn: Turn,
        connection: Connection,
        permitted: Permitted,
        person: UUID,
        candidates: Sequence[UUID],
    ) -> SessionCookie:
        """A session that remembers what was said, or one of the browser's own renewed."""
        _, idp = turn.known()
        new = NewSession(
            federation=turn.federation.path,
            person=person,
            idp=idp.row,
            level=permitted.claims.level,
            at=turn.now,
            ends_at=session.ends(turn.now, _upstream_end(permitted), turn.federation),
            reference=turn.reference,
            assertion=permitted.accepted.assertion,
        )
        return self.sessions.remember(connection, new, candidates)

    def _told(
        self,
        turn: Turn,
        connection: Connection,
        at: UUID,
        outgoing: Outgoing,
        value: UUID,
        *,
        joined: bool,
    ) -> Participant:
        """SessionIndex and name for the service: those it knows from this session, or new ones."""
        service, _ = turn.known()
        name = sp_response.name_for(value, outgoing, service, turn.federation)
        before = self.sessions.participant(connection, at, service.row) if joined else None
        index = before.session_index if before else new_id()
        if before and before.name.format == name.format == names.TRANSIENT:
            name = before.name  # told before, it lasts as long as the session
        endpoint = outgoing.permitted.accepted.waiting.asked.endpoint
        told = Participant(at, service.row, index, name, endpoint)
        logins = self.sessions.take_part(
            connection, turn.federation.path, told, before, turn.now, LOOP_WINDOW
        )
        if logins > MAX_LOGINS:
            path, epoch = turn.federation.path, self.keys.epochs(turn)[0]
            self.recorder.signals.failed(path, "idp", service.code, turn.now, epoch=epoch)
            raise Refused("flow.loop", f"{logins} logins at {service.code} within a minute")
        return told

    def _cookies(
        self, turn: Turn, permitted: Permitted, at: UUID, new: SessionCookie | None
    ) -> Cookies:
        """The tombstone, which remembers the session for flows begun before it, and its key."""
        waiting = permitted.accepted.waiting
        spent = Finished(waiting.flow, replace(waiting.asked, session=at))
        cookies: list[tuple[str, str | None]] = []
        if isinstance(waiting, AwaitingChoice) or any(made.request_id for made in waiting.tries):
            cookies.append(self.sealer.seal(spent))
        if new is not None:
            cookies.append((name_for(turn.federation.path), new.value))
        return tuple(cookies)


def permit(turn: Turn, accepted: Accepted) -> Permitted:
    """What the IdP may say of the person, checked anew at every login. Raises NotAllowed."""
    service, idp = turn.known()
    turn.came = tuple(came(one.name, one.values) for one in accepted.assertion.attributes)
    permitted = idp_response.permit(accepted, idp, service, turn.federation)
    turn.policy = permitted.accepted.checks[len(accepted.checks) :]
    return permitted


def _staff(turn: Turn) -> bool:
    return turn.federation.identity_type == names.PROFESSIONAL


def _upstream_end(permitted: Permitted) -> datetime | None:
    return permitted.accepted.assertion.authn_statements[0].session_not_on_or_after
