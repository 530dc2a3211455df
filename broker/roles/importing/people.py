"""Whom each row is about: an account of the organisation, or somebody who gets one.

By our own account number, or by keyed hashes of identifiers; a name never decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from broker.db import Connection
from broker.errors import Refused
from broker.organisations import words
from broker.roles.importing import store
from broker.roles.importing.model import Facts, Newcomer
from broker.roles.importing.rows import Message, Read
from broker.roles.importing.store import Colleague


@dataclass(frozen=True, slots=True)
class Who:
    """One human being of the file: with an account, or with the number it goes by until then."""

    key: UUID  # of the account, or what stands for it while a newcomer has none
    colleague: Colleague | None = None
    newcomer: Newcomer | None = None


@dataclass(slots=True)
class People:
    """Everybody that the rows of one file may be about."""

    by_account: dict[UUID, Colleague]
    by_person: dict[UUID, Colleague]
    owners: dict[str, UUID]
    elsewhere: frozenset[UUID]
    newcomers: dict[str, Who] = field(default_factory=dict)

    @staticmethod
    def of(
        connection: Connection,
        organisation: UUID,
        colleagues: Sequence[Colleague],
        reads: Iterable[Read],
    ) -> "People":
        """Everybody there, and whom the identifiers in the file find."""
        hashes = {hashed for read in reads for _, hashed in read.hashes}
        owners = store.owners(connection, hashes)
        return People(
            by_account={one.id: one for one in colleagues},
            by_person={one.person: one for one in colleagues if one.person is not None},
            owners=owners,
            elsewhere=store.are_elsewhere(connection, set(owners.values()), organisation),
        )

    def who(self, read: Read) -> Who | Message:
        """Whom a row is about, or why that cannot be said."""
        owners = {self.owners[hashed] for _, hashed in read.hashes if hashed in self.owners}
        found = {self.by_person[one].id for one in owners if one in self.by_person}
        if read.account is not None:
            if read.account not in self.by_account:
                return Message("import.account_unknown", str(read.n))
            if found - {read.account} or len(owners) > 1:
                return Message("import.two_people", str(read.n))
            if read.hashes and not found:
                return Message("import.not_linked", str(read.n))
            found = {read.account}
        if len(found) > 1 or len(owners) > 1:
            return Message("import.two_people", str(read.n))
        for account in found:
            colleague = self.by_account[account]
            if colleague.state == "left":
                return Message("import.left", str(read.n))
            return Who(account, colleague)
        if owners & self.elsewhere:
            return Message("import.elsewhere", str(read.n))
        return self._newcomer(read)

    def _newcomer(self, read: Read) -> Who | Message:
        known = {
            self.newcomers[hashed].key: self.newcomers[hashed]
            for _, hashed in read.hashes
            if hashed in self.newcomers
        }
        if len(known) > 1:
            return Message("import.two_people", str(read.n))
        for who in known.values():
            return who
        if not read.name:
            return Message("import.name_needed", str(read.n))
        try:
            newcomer = Newcomer(
                read.hashes,
                words.line("the name", read.name, words.NAME),
                words.mail(read.email),
                words.optional("the unit", read.home, words.UNIT),
            )
        except Refused as error:
            return Message("import.person", str(read.n), error.detail)
        who = Who(uuid5(_NEWCOMERS, read.hashes[0][1]), newcomer=newcomer)
        self.newcomers |= {hashed: who for _, hashed in read.hashes}
        return who


def differing(read: Read, colleague: Colleague) -> Facts | Message:
    """What a row says otherwise of somebody; an empty cell says nothing."""
    try:
        name = words.optional("the name", read.name, words.NAME)
        email = words.mail(read.email)
        home = words.optional("the unit", read.home, words.UNIT)
    except Refused as error:
        return Message("import.person", str(read.n), error.detail)
    return Facts(
        None if name == colleague.name else name,
        None if email == colleague.email else email,
        None if home == colleague.home else home,
    )


# What newcomers go by within a plan; nothing keeps it.
_NEWCOMERS = UUID("5d0e0f5a-8a0e-5b1f-9d1a-3f2b6c7d8e90")
