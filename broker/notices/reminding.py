"""What comes with time alone: roles that end, requests nobody answered, nobody who administers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.db import Connection, Engine, reading, writing
from broker.notices import store
from broker.notices.hearing import Hearing
from broker.notices.model import Notice, alone_since
from broker.notices.recipients import ADMINISTRATORS, EVERYBODY, holders
from broker.organisations.store import one_administrator, without_administrator
from broker.roles.requests.machine import standing
from broker.roles.requests.store import open_requests

DAYS = (30, 14, 3)  # before a role ends
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reminding:
    """Lets people be told of what nobody did; told of before, it is not told of again."""

    engine: Engine
    hearing: Hearing
    federations: Callable[[], tuple[str, ...]]

    def remind(self, now: datetime, goes_on: Callable[[], bool]) -> int:
        """Everything that is due; how many notices that are."""
        new = 0
        for find in (self._ending, self._expired, self._alone):
            if not goes_on():
                break
            with reading(self.engine) as connection:
                notices = list(find(connection, now))
            for start in range(0, len(notices), 100):
                with writing(self.engine) as connection:
                    new += store.add(connection, notices[start : start + 100], now)
        return new

    def _ending(self, connection: Connection, now: datetime) -> Iterator[Notice]:
        """Roles at 30, 14 and 3 days, but for those given after that day already."""
        for row in store.ending(connection, now, now + timedelta(days=DAYS[0])):
            passed = [days for days in DAYS if row["until"] - now <= timedelta(days=days)]
            nearest = timedelta(days=passed[-1])
            if row["since"] > row["until"] - nearest:
                continue
            left = max(1, -(-(row["until"] - now) // timedelta(days=1)))
            facts = {
                "home": str(row["organisation_id"]),
                "role": str(row["role_id"]),
                "until": row["until"].isoformat(),
                "days": str(left),
            }
            milestone = f"{passed[-1]} days before {row['until']:%Y-%m-%dT%H:%MZ}"
            yield Notice(row["account_id"], "role-ending", str(row["id"]), milestone, facts)

    def _expired(self, connection: Connection, now: datetime) -> Iterator[Notice]:
        for filed in open_requests(connection, now, federations=self.federations()):
            request = filed.request
            if standing(request, now).state != "expired":
                continue
            facts = {
                "home": str(request.organisation),
                "role": str(request.role),
                "number": request.number,
                "who": str(request.subject),
                "state": "expired",
            }
            for account in sorted({request.requester, request.subject}):
                yield Notice(account, "request-expired", str(request.id), "expired", facts)

    def _alone(self, connection: Connection, now: datetime) -> Iterator[Notice]:
        """Mandates end by the clock too, and nobody records that; said again every week."""
        for lost in without_administrator(connection, now):
            milestone = alone_since(lost.since, (now - lost.since) // _WEEK)
            facts = {"home": str(lost.organisation)}
            for account in sorted(holders(connection, lost.organisation, EVERYBODY, now)):
                about = str(lost.organisation)
                yield Notice(account, "administrators-none", about, milestone, facts)
            self._tell_operators(str(lost.organisation), milestone, now)
        if now.day != 1:  # that it happened was told when it did; then once a month
            return
        month = f"{now:%Y-%m}"
        for home in one_administrator(connection, now):
            for account in sorted(holders(connection, home, ADMINISTRATORS, now)):
                yield Notice(account, "administrators-one", str(home), month, {"home": str(home)})

    def _tell_operators(self, organisation_id: str, milestone: str, now: datetime) -> None:
        with writing(self.engine) as connection:
            self.hearing.alarm(connection, organisation_id, milestone, now)
