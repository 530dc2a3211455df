"""Organisations, people and mandates as rows, for tests of what reads them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.db import Engine, writing
from broker.identities.store import PERSON
from broker.metadata.tables import FEDERATION
from broker.organisations.model import AccountState, MandateKind, OrganisationState
from broker.organisations.tables import (
    ACCOUNT,
    ACCOUNT_PERIOD,
    GROUP_MEMBER,
    MANDATE,
    ORGANISATION,
    ORGANISATION_PERIOD,
    SUBSTITUTE,
    USER_GROUP,
)
from broker.periods import FOREVER
from tests.factories import NOW

BEGUN = NOW - timedelta(days=100)
SAID = {"by_label": "the test", "by_account": None}


@dataclass
class World:
    """Rows on one engine; every organisation gets the next fictive CVR number."""

    engine: Engine
    made: int = field(default=0)

    def federation(self, path: str = "sundhed") -> None:
        """A federation, of which nothing but its path counts here."""
        self._add(FEDERATION, path=path, position=self.made, document={})

    def organisation(
        self,
        cvr: str | None = None,
        *,
        name: str = "Region Eksempel",
        state: OrganisationState = "active",
        federation: str = "sundhed",
        since: datetime = BEGUN,
    ) -> UUID:
        """An organisation that has been so for long."""
        self.made += 1
        own = uuid4()
        self._add(
            ORGANISATION,
            id=own,
            federation=federation,
            cvr=cvr or f"9{self.made:07}",
            unit_key="",
            created_at=since,
        )
        self._add(
            ORGANISATION_PERIOD,
            id=uuid4(),
            organisation_id=own,
            since=since,
            until=FOREVER,
            name=name,
            kind="region",
            state=state,
            reason="test",
            **SAID,
        )
        return own

    def person(self) -> UUID:
        """Somebody who has signed in once."""
        own = uuid4()
        self._add(PERSON, id=own, created_at=BEGUN)
        return own

    def account(
        self,
        organisation: UUID,
        name: str = "Anna Holm",
        *,
        state: AccountState = "active",
        person: UUID | None = None,
        human: UUID | None = None,
        email: str | None = None,
        unit: str | None = None,
        since: datetime = BEGUN,
        until: datetime = FOREVER,
    ) -> UUID:
        """Somebody in an organisation."""
        own = uuid4()
        self._add(
            ACCOUNT,
            id=own,
            organisation_id=organisation,
            person_id=person,
            human_id=human,
            created_at=since,
        )
        self._add(
            ACCOUNT_PERIOD,
            id=uuid4(),
            account_id=own,
            organisation_id=organisation,
            since=since,
            until=until,
            state=state,
            display_name=name,
            email=email,
            home_code=unit,
            reason="test",
            **SAID,
        )
        return own

    def mandate(
        self,
        account: UUID,
        kind: MandateKind,
        *,
        organisation: UUID | None = None,
        service: str | None = None,
        unit: str | None = None,
        federation: str = "sundhed",
        since: datetime = BEGUN,
        until: datetime = FOREVER,
        by: UUID | None = None,
    ) -> UUID:
        """A mandate that an account has."""
        own = uuid4()
        self._add(
            MANDATE,
            id=own,
            account_id=account,
            federation=federation,
            mandate=kind,
            organisation_id=organisation,
            service=service,
            unit_code=unit,
            since=since,
            until=until,
            reason="test",
            by_account=by,
            by_label="the test",
        )
        return own

    def substitute(self, mandate: UUID, principal: UUID, substitute: UUID, until: datetime) -> UUID:
        """That somebody acts in another's place until an instant."""
        own = uuid4()
        self._add(
            SUBSTITUTE,
            id=own,
            mandate_id=mandate,
            principal_id=principal,
            substitute_id=substitute,
            since=BEGUN,
            until=until,
            reason="test",
            **SAID,
        )
        return own

    def group(self, organisation: UUID, name: str, *members: UUID) -> UUID:
        """A group with members since long."""
        own = uuid4()
        self._add(
            USER_GROUP, id=own, organisation_id=organisation, name=name, created_at=BEGUN, **SAID
        )
        for account in members:
            self._add(
                GROUP_MEMBER,
                id=uuid4(),
                group_id=own,
                account_id=account,
                organisation_id=organisation,
                since=BEGUN,
                until=FOREVER,
                **SAID,
            )
        return own

    def _add(self, table: sa.Table, **row: object) -> None:
        with writing(self.engine) as connection:
            connection.execute(sa.insert(table), [row])
