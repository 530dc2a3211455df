"""Our keys in a login: which of them count for the partners of this turn. R25."""

from dataclasses import dataclass

from broker.login.rehearsal import Rehearsals
from broker.login.turn import Turn
from broker.metadata.keyrings import Keyrings
from broker.metadata.model import FederationKeys
from broker.metadata.rollover.model import Ask


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

    def rehearsing(self, turn: Turn) -> bool:
        """Whether this browser tries the next key at the turn's service."""
        if turn.rehearsal is None or turn.service is None:
            return False
        found = self.rehearsals.current(turn.rehearsal, turn.federation.path, turn.now)
        return found is not None and found.service == turn.service.row
