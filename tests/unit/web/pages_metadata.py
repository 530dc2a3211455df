"""Cases of the pages about our own metadata."""

from broker.metadata.listing import files_of
from broker.metadata.publish import Publisher
from broker.metadata.rollover.model import Rollovers
from broker.web.language import Text
from tests.unit.metadata.phases import KEYS, PHASES, SP_ENCRYPTION, of, plan_of
from tests.unit.web.pages import PRODUCTION, Case


def _context(rollovers: Rollovers, phase: str) -> dict[str, object]:
    publisher = Publisher(KEYS)
    at = PHASES[phase]
    sides = [
        files_of(PRODUCTION, "idp", publisher, rollovers, at),
        files_of(PRODUCTION, "sp", publisher, rollovers, at),
    ]
    return {"federation": PRODUCTION, "sides": sides}


PLANNED = of(plan_of(), plan_of(SP_ENCRYPTION, style="hard"))
METADATA = (
    Case("metadata/files.html", "files", _context(of(), "waiting")),
    Case("metadata/files.html", "files-changing", _context(PLANNED, "announced")),
    Case("metadata/nothing.html", "nothing", {"side": "idp", "words": Text("Announced")}, 404),
)
