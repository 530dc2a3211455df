"""What somebody wants of the mails about roles and people: how each topic is told, and in what
language.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import Refused
from broker.notices import store
from broker.notices.model import HOWS, LANGUAGES
from broker.notices.topics import TOPICS, Topic
from broker.organisations.model import Mandate


def topics_for(mandates: tuple[Mandate, ...]) -> tuple[Topic, ...]:
    """The topics that concern somebody: those of administrators where they have a mandate."""
    return tuple(one for one in TOPICS if one.whom == "everybody" or mandates)


def chosen(connection: Connection, account: UUID) -> dict[str, str]:
    """What somebody wants, by topic, or what is usual; and the language."""
    said = store.choices(connection, account)
    found = {one.name: said.get(one.name, one.usual) for one in TOPICS if not one.fixed}
    return {**found, store.LANGUAGE: said.get(store.LANGUAGE, "both")}


def choose(connection: Connection, account: UUID, said: Mapping[str, str], at: datetime) -> None:
    """Keep what somebody wants; what they said before of other topics stays.

    Raises Refused("notice.choice") for a topic that is none, or can't be chosen, and for a
    way of telling that there is none of.
    """
    known = {one.name for one in TOPICS if not one.fixed}
    for topic, how in said.items():
        if topic == store.LANGUAGE and how in LANGUAGES:
            continue
        if topic not in known or how not in HOWS:
            raise Refused("notice.choice", "no such topic, or no such way of telling")
    store.choose(connection, account, {**store.choices(connection, account), **said}, at)
