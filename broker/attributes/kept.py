"""Mappings read once and used by many logins."""

from broker.attributes.model import Mapping
from broker.attributes.pipeline import read_mapping
from broker.metadata.mappings.model import MappingVersion
from broker.metadata.model import Service


class Mappings:
    """The mappings of one process, each document read once for each snapshot of the registry."""

    def __init__(self) -> None:
        self._plain: dict[str, Mapping] = {}
        self._read: dict[tuple[str, str, int], tuple[MappingVersion, Mapping]] = {}

    def of(self, service: Service, version: MappingVersion | None) -> Mapping:
        """The mapping of a version, or the plain default of a service that has none.

        Raises Unavailable("mapping.invalid").
        """
        if version is None:
            if service.code not in self._plain:
                self._plain[service.code] = read_mapping(service.code, {})
            return self._plain[service.code]
        key = (version.federation, version.service, version.version)
        known = self._read.get(key)
        # A snapshot made anew has versions of its own: a row that was changed by hand is seen.
        if known is not None and known[0] is version:
            return known[1]
        made = read_mapping(version.service, version.document)
        self._read[key] = (version, made)
        return made
