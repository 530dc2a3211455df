"""What administrators do to the versions of a mapping: one transaction each, with its audit row."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from broker.audit.store import AuditStore
from broker.db import Engine, reading, writing
from broker.errors import NotAllowed, Unknown
from broker.metadata import store as registry_store
from broker.metadata.mappings import store
from broker.metadata.mappings.desk import MappingDesk
from broker.metadata.mappings.model import PLAIN, MappingVersion, Report
from broker.metadata.report import Occasion


@dataclass(frozen=True, slots=True)
class MappingService:
    """The mappings of every service, their history, and what comes next."""

    engine: Engine
    audit: AuditStore

    def all_versions(self) -> tuple[MappingVersion, ...]:
        """Every version of every service, in order."""
        with reading(self.engine) as connection:
            return store.all_versions(connection)

    def versions(self, federation: str, service: str) -> tuple[MappingVersion, ...]:
        """Every version of a service, oldest first. Raises Unknown("mapping.no_service")."""
        with reading(self.engine) as connection:
            found = store.versions(connection, federation, service)
        if not found:
            raise Unknown("mapping.no_service", f"{service} has no mapping in {federation}")
        return found

    def counted_at(self, federation: str, service: str, at: datetime) -> MappingVersion | None:
        """The version that counts at an instant, past or future; None is the plain default."""
        with reading(self.engine) as connection:
            return store.counted_at(connection, federation, service, at)

    def report(
        self, federation: str, service: str, number: int | None, at: datetime
    ) -> Report | None:
        """What a version would change of what counts at an instant; without a number, the one
        in shadow, or None where there is none. Raises Unknown.
        """
        known = self.versions(federation, service)
        if number is None:
            found = next((v for v in known if v.state == "shadow"), None)
        else:
            found = next((v for v in known if v.version == number), None)
            if found is None:
                raise Unknown("mapping.no_version", f"no version {number} of {service}")
        if found is None:
            return None
        counts = next((v.version for v in known if v.counts_at(at)), PLAIN)
        with reading(self.engine) as connection:
            rows = store.counted(connection, found, counts)
        days = [row.day for row in rows]
        totals: dict[tuple[str, str], int] = {}
        for row in rows:
            key = (row.attribute, row.kind)
            totals[key] = totals.get(key, 0) + row.logins
        special = ("seen", "failed")
        return Report(
            version=found,
            against=counts,
            seen=totals.get(("", "seen"), 0),
            first=min(days, default=None),
            last=max(days, default=None),
            differences=tuple((a, k, n) for (a, k), n in totals.items() if k not in special),
            failures=tuple((code, n) for (code, k), n in totals.items() if k == "failed"),
        )

    def shadow(
        self, federation: str, service: str, number: int, occasion: Occasion
    ) -> MappingVersion:
        """Try a draft at every login, beside what is in force."""
        return self._change(federation, service, occasion, lambda desk: desk.shadow(number))

    def put_in_force(
        self,
        federation: str,
        service: str,
        number: int,
        occasion: Occasion,
        *,
        since: datetime | None = None,
        untested: bool = False,
    ) -> MappingVersion:
        """Let a version count, from now or from a later instant. Raises Refused, Unknown."""
        return self._change(
            federation,
            service,
            occasion,
            lambda desk: desk.put_in_force(number, since, untested=untested),
        )

    def approve(
        self,
        federation: str,
        service: str,
        number: int,
        occasion: Occasion,
        *,
        not_by: Collection[str] = (),
    ) -> MappingVersion:
        """Let a version that was tried count, by somebody else than whoever loaded it.

        `not_by` is what whoever approves is called in records under their other accounts.
        Raises NotAllowed("mapping.oneself"), and what `put_in_force` does.
        """
        own = {name.casefold() for name in (occasion.by, *not_by)}

        def work(desk: MappingDesk) -> MappingVersion:
            known = store.versions(desk.connection, federation, service)
            found = next((v for v in known if v.version == number), None)
            if found is not None and found.loaded_by.casefold() in own:
                raise NotAllowed("mapping.oneself", f"version {number} is their own")
            return desk.put_in_force(number, None, untested=False)

        return self._change(federation, service, occasion, work)

    def retire(
        self, federation: str, service: str, number: int, occasion: Occasion
    ) -> MappingVersion:
        """Let a version that waits never count. Raises Refused, Unknown."""
        return self._change(federation, service, occasion, lambda desk: desk.retire(number))

    def _change(
        self,
        federation: str,
        service: str,
        occasion: Occasion,
        work: Callable[[MappingDesk], MappingVersion],
    ) -> MappingVersion:
        with writing(self.engine) as connection:
            made = work(MappingDesk(connection, federation, service, self.audit, occasion))
            registry_store.bump(connection)
        return made
