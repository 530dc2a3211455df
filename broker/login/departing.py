"""Hop 3 with the flow that it goes on: our request written, counted, and remembered."""

from dataclasses import dataclass

from broker.login import idp_request, seal
from broker.login.ours import OurKeys
from broker.login.outcome import Cookies, GoTo, Outcome, PostTo
from broker.login.record import Recorder
from broker.login.state import IdPChosen, Step, anew, with_step
from broker.login.turn import Turn
from broker.metadata.model import Service
from broker.statistics.model import SOURCES


@dataclass(frozen=True, slots=True)
class Departing:
    """Sends somebody to an identity provider."""

    keys: OurKeys
    sealer: seal.Sealer
    recorder: Recorder

    def ask(self, turn: Turn, chosen: IdPChosen, service: Service, evicted: Cookies) -> Outcome:
        """To the chosen IdP, with what the flow has to remember of it. Raises NotAllowed."""
        turn.idp = idp = turn.registry.idp_by_row(turn.federation.path, chosen.idp)
        keys = self.keys.of(turn)
        with turn.at("idp_request", idp.idp.entity_id) as checks:
            sent = idp_request.ask(anew(chosen), idp, service, turn.federation, keys, turn.now)
            checks.extend(["endpoint", "tries"])
        how = SOURCES.index(turn.source) + 1 if turn.source else 0
        waiting = with_step(sent.waiting, Step(3, idp.row, turn.took["idp_request"], how))
        self.recorder.instead(turn, chosen.waiting, idp.row)
        self.recorder.started(turn.federation.path, service, idp, turn.now)
        cookies = (self.sealer.seal(waiting), *evicted)
        if sent.fields:
            return PostTo(turn.federation, idp, sent.url, sent.fields, cookies)
        return GoTo(sent.url, cookies)
