"""A mapping in shadow: evaluated at a login beside the one in force, told to nobody, counted.

Whatever goes wrong here is logged and counted, and the login goes on.
"""

import logging
from dataclasses import dataclass

from broker.attributes import pipeline
from broker.attributes.difference import compare
from broker.attributes.kept import Mappings
from broker.attributes.model import Claims, Released
from broker.attributes.written import Told
from broker.db import Connection
from broker.errors import BrokerError
from broker.metadata.mappings import store
from broker.metadata.mappings.model import PLAIN, DifferenceCount, MappingVersion
from broker.metadata.model import Service
from broker.saml.messages import Attribute

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying a version at one login showed: attributes and kinds, or why it failed."""

    version: MappingVersion
    against: MappingVersion | None
    found: tuple[tuple[str, str], ...]  # attribute and kind; or code and `failed`

    @property
    def words(self) -> str:
        """One line for the trace of the hop."""
        failed = [code for code, kind in self.found if kind == "failed"]
        number = self.version.version
        if failed:
            return f"shadow: version {number} would have failed, {failed[0]}"
        return f"shadow: version {number} differs in {len(self.found)} attributes"


def attempt(
    version: MappingVersion,
    against: MappingVersion | None,
    mappings: Mappings,
    service: Service,
    claims: Claims,
    told: Told,
    released: Released,
    roles: tuple[Attribute, ...] = (),
) -> Tried:
    """Evaluate the version in shadow on what the one in force was evaluated on. Raises nothing."""
    try:
        instead = pipeline.run(claims, mappings.of(service, version), told, roles)
        differences = compare(released.attributes, instead.attributes)
    except BrokerError as error:
        return Tried(version, against, ((error.code, "failed"),))
    except Exception as error:  # noqa: BLE001 # what is only tried never ends a login
        _LOG.error("mapping %s version %s: %r", service.code, version.version, type(error))
        return Tried(version, against, (("internal.error", "failed"),))
    return Tried(version, against, tuple((d.attribute, d.kind) for d in differences))


def count(connection: Connection, tried: Tried, told: Told) -> None:
    """Count it, as the last thing of the login's transaction: the rows are many logins' own."""
    version, against = tried.version, tried.against
    store.count(
        connection,
        [
            DifferenceCount(
                federation=version.federation,
                service=version.service,
                version=version.version,
                against=against.version if against else PLAIN,
                attribute=attribute,
                kind=kind,
                day=told.now.date(),
            )
            for attribute, kind in (("", "seen"), *sorted(tried.found))
        ],
    )
