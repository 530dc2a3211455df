"""The whole trail, verified from the database as one moment has it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.audit.proof import store
from broker.audit.proof.checking import Chain, by_writer, no_seal
from broker.audit.proof.keys import PublicKeys
from broker.audit.proof.model import Checked, Heads, Seal
from broker.db import Connection, Engine, reading

Trusted = Callable[[Seal], bool]


@dataclass(frozen=True, slots=True)
class Verifying:
    """Verifies chains with the public keys alone."""

    engine: Engine
    public: PublicKeys

    def verify(
        self,
        heads: Sequence[Heads] = (),
        trusted: Trusted = no_seal,
        goes_on: Callable[[], bool] = lambda: True,
    ) -> Iterator[Checked]:
        """What is found of each chain in turn, those included that only a head still knows of."""
        known = by_writer(one.chains for one in heads)
        with reading(self.engine) as connection:
            for writer in sorted({*store.writers(connection), *known}):
                if not goes_on():
                    return
                yield self._one(
                    connection,
                    Chain(
                        writer, self.public, store.seals(connection, writer), known.get(writer, ())
                    ),
                    trusted,
                )

    @staticmethod
    def _one(connection: Connection, chain: Chain, trusted: Trusted) -> Checked:
        return chain.check(lambda since: store.records(connection, chain.writer, since), trusted)


def sealed_before(at: datetime) -> Trusted:
    """Blocks that an earlier run has read already: their seals will do."""
    return lambda seal: seal.at < at


def first_fault(connection: Connection, writer: str) -> int | None:
    """Where one chain without seals is first not as it was written; None where all follows."""
    chain = Chain(writer, PublicKeys({}, ()))
    found = chain.check(lambda since: store.records(connection, writer, since), no_seal)
    return found.fault.seq if found.fault else None
