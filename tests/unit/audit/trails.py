"""A trail of some hundred records, cheaply: blocks of ten, so that there are blocks at all."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker.audit import chained, store
from broker.audit.events import EXAMPLES
from broker.audit.proof import checking, signing
from broker.audit.proof.checking import no_seal
from broker.audit.proof.keys import AuditKey, PublicKeys, load_key, load_public, make_key
from broker.audit.proof.model import Fault, Heads
from broker.audit.proof.signing import Signing, read_heads
from broker.audit.proof.verifying import Trusted, Verifying
from broker.audit.store import AuditStore
from broker.db import Engine, writing
from tests.factories import NOW

WRITER = "w00"
BLOCK = 10


@dataclass
class Trail:
    """An installation's trail, with its keys in a folder."""

    engine: Engine
    folder: Path
    now: datetime = NOW
    audit: AuditStore = field(default_factory=AuditStore)

    def add(self, count: int) -> None:
        """Records, a second apart, in one chain."""
        for number in range(count):
            self.now += timedelta(seconds=1)
            with writing(self.engine) as connection:
                event = EXAMPLES[number % len(EXAMPLES)]
                self.audit.append(connection, event, at=self.now, reference=f"R{number}")

    @property
    def key(self) -> AuditKey:
        return load_key(self.folder)

    @property
    def public(self) -> PublicKeys:
        return load_public(self.folder / "audit-seal.pub")

    def seal(self) -> int:
        """Seal what is complete."""
        return Signing(self.engine, self.key, self.public).seal(self.now)

    def heads(self) -> list[Heads]:
        """What an exported head says."""
        line = Signing(self.engine, self.key, self.public).export_heads(self.now)
        return read_heads(line, self.public)

    def fault(self, heads: list[Heads] | None = None, trusted: Trusted = no_seal) -> Fault | None:
        """The first fault of all chains."""
        found = Verifying(self.engine, self.public).verify(heads or (), trusted)
        return next((one.fault for one in found if one.fault), None)


@pytest.fixture
def trail(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trail:
    """An empty trail whose blocks have ten records."""
    for module in (chained, store, checking, signing):
        monkeypatch.setattr(module, "BLOCK", BLOCK)
    make_key(tmp_path, NOW)
    return Trail(engine, tmp_path)
