"""Our keys in a login: which of them count for the partners of this turn. R25."""

from dataclasses import dataclass

from broker.errors import Unavailable
from broker.login.rehearsal import Rehearsals
from broker.login.turn import Turn
from broker.metadata.keyrings import Keyrings
from broker.metadata.model import FederationKeys
from broker.metadata.rollover.choosing import counts, decrypts
from broker.metadata.rollover.model import Ask, Slot
from broker.saml.keys import Certificate


@dataclass(frozen=True, slots=True)
class OurKeys:
    """Chooses keys for a turn by what is known of it so far."""

    keyrings: Keyrings
    rehearsals: Rehearsals

    def of(self, turn: Turn) -> FederationKeys:
        """The keys that count for the turn's service and identity provider now.

        Raises Unavailable("key.*") where one of them is not on this node.
        """
        asked, service, idp = turn.asked, turn.service, turn.idp
        to_service = Ask(
            partner=None if service is None else service.code,
            endpoint=None if asked is None else asked.endpoint,
            rehearsing=self.rehearsing(turn),
        )
        return self.keyrings.at(
            turn.registry.rollovers,
            turn.federation.path,
            turn.now,
            service=to_service,
            idp=Ask(None if idp is None else idp.code),
        )

    def epochs(self, turn: Turn) -> tuple[str, str]:
        """Which epochs sign for the turn's service and identity provider now."""
        service, idp = turn.known()
        path, rollovers = turn.federation.path, turn.registry.rollovers
        endpoint = None if turn.asked is None else turn.asked.endpoint
        to_service = Ask(service.code, endpoint, self.rehearsing(turn))
        return (
            counts(rollovers, Slot(path, "idp", "signing"), to_service, turn.now).epoch,
            counts(rollovers, Slot(path, "sp", "signing"), Ask(idp.code), turn.now).epoch,
        )

    def tried(self, turn: Turn) -> str | None:
        """The epoch that signed for the turn's service because this browser tries it."""
        if turn.service is None or not self.rehearsing(turn):
            return None
        path = turn.federation.path
        endpoint = None if turn.asked is None else turn.asked.endpoint
        ask = Ask(turn.service.code, endpoint, rehearsing=True)
        found = counts(turn.registry.rollovers, Slot(path, "idp", "signing"), ask, turn.now)
        return found.epoch if found.because == "dry_run" else None

    def decrypted(self, turn: Turn, opened_by: Certificate) -> str | None:
        """The epoch whose decryption key has this certificate."""
        path = turn.federation.path
        slot = Slot(path, "sp", "encryption")
        for epoch in decrypts(turn.registry.rollovers, slot, turn.now):
            try:
                if self.keyrings.decryption(path, epoch).certificate == opened_by:
                    return epoch
            except Unavailable:  # an old key that is gone opened nothing
                continue
        return None

    def rehearsing(self, turn: Turn) -> bool:
        """Whether this browser tries the next key at the turn's service."""
        if turn.rehearsal is None or turn.service is None:
            return False
        found = self.rehearsals.current(turn.rehearsal, turn.federation.path, turn.now)
        return found is not None and found.service == turn.service.row
