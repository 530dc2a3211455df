"""Who the partners of a logout are, as they are registered now; some may be gone."""

from dataclasses import dataclass

from broker.errors import Unknown
from broker.logout.model import Initiator, Logout, Side, Step
from broker.logout.turn import Turn
from broker.logout.writing import Peer
from broker.metadata.model import ConnectedIdp, Localised, Service
from broker.saml.keys import Certificate

GONE = Localised("Ukendt part", "Unknown partner")


@dataclass(frozen=True, slots=True)
class Partners:
    """The partners of one federation, by their rows."""

    turn: Turn

    def service(self, row: int) -> Service | None:
        """The service of that row, or None where it is gone."""
        try:
            return self.turn.registry.service_by_row(self.turn.federation.path, row)
        except Unknown:
            return None

    def idp(self, row: int) -> ConnectedIdp | None:
        """The identity provider of that row, or None where it is gone."""
        try:
            return self.turn.registry.idp_by_row(self.turn.federation.path, row)
        except Unknown:
            return None

    def peer(self, side: str, row: int | None, endpoint: str | None = None) -> Peer | None:
        """The partner as somebody to write to, who came by the address of an epoch."""
        if row is None:
            return None
        turn = self.turn
        if side == "sp":
            service = self.service(row)
            if service is None:
                return None
            return Peer.of_service(service, turn.federation, turn.keys(service.code, endpoint))
        idp = self.idp(row)
        return Peer.of_idp(idp, turn.federation, turn.keys(idp.code)) if idp else None

    def signing(self, side: Side, row: int) -> tuple[Certificate, ...]:
        """The keys that verify what the partner says."""
        if side == "sp":
            service = self.service(row)
            return service.sp.signing if service else ()
        idp = self.idp(row)
        return idp.idp.signing if idp else ()

    def named(self, step: Step) -> tuple[str, Localised]:
        """Code and name of a step's partner."""
        found = self.service(step.peer) if step.side == "sp" else self.idp(step.peer)
        return (found.code, found.name) if found else ("", GONE)

    def initiator(self, who: Initiator) -> Localised:
        """The name of who began it."""
        if who.peer is None:
            return GONE
        found = self.service(who.peer) if who.side == "sp" else self.idp(who.peer)
        return found.name if found else GONE

    def home(self, logout: Logout) -> Service | None:
        """The service that began it, for a way on."""
        who = logout.initiator
        return self.service(who.peer) if who.side == "sp" and who.peer is not None else None
