"""Organisations that may hand out every role of their federation, set up by its operator."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from broker.audit.store import AuditStore
from broker.db import Engine, reading, writing
from broker.metadata.report import Occasion
from broker.metadata.seed import seeds
from broker.metadata.service import MetadataService
from broker.organisations.desk import Desk
from broker.organisations.hooks import UnitsAlone
from broker.organisations.model import Actor, Deed
from broker.organisations.service import OrganisationService
from broker.organisations.store import organisation_by_cvr
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.entitlements import EntitlementService


def roles_of(code: str) -> dict[str, object]:
    """A role that an IdP's privilege gives, in whatever unit the privilege is narrowed to."""
    when = {"attribute": "privileges", "op": "has_privilege", "value": "urn:x:read"}
    return {
        "role_source": "union",
        "state": "production",
        "delimitation": "sor",
        "role": [
            {
                "code": "Reader",
                "urn": f"urn:x:{code}:reader",
                "name": {"da": "Læser", "en": "Reader"},
                "description": {"da": "Ser alt.", "en": "Sees everything."},
                "delimitations": [{"type": "sor", "least": 0, "own_unit": True}],
            }
        ],
        "role_form": [{"kind": "classic", "template": "{role}_{delimitation}_3"}],
        "derive": [
            {
                "code": f"{code}-reader",
                "role": "Reader",
                "state": "active",
                "when": [[when]],
                "scope": [{"type": "sor", "source": "privilege"}],
            }
        ],
    }


ROLES = roles_of("one")
OPERATOR = Actor.at_console("operator")


def organisation(engine: Engine, cvr: str, at: datetime, federation: str = "sundhed") -> UUID:
    """An active organisation."""
    deed = Deed(at, "a box", "BOX")
    service = OrganisationService(Desk(engine, AuditStore(), UnitsAlone()))
    made = service.register(
        OPERATOR, deed, federation=federation, cvr=cvr, name=f"Enhed {cvr}", kind="other"
    )
    service.activate(OPERATOR, made.id, deed)
    return made.id


def service_document(code: str, idps: Sequence[str], **changes: object) -> dict[str, object]:
    """What an operator decides about a service that has those roles."""
    return {
        "kind": "service",
        "code": code,
        "federations": ["sundhed"],
        "name": {"da": f"{code}.example.dk", "en": f"{code}.example.dk"},
        "owner": code,
        "minimum": "Substantial",
        "idp": [{"code": idp} for idp in idps],
        **roles_of(code),
        **changes,
    }


def give_roles(
    service: MetadataService, document: Mapping[str, object], cvrs: Sequence[str], at: datetime
) -> None:
    """Let people of these organisations have the roles of a service; the document says which."""
    occasion = Occasion(at, "test", "roles", "BOX")
    delimitations = next(
        document for name, document in seeds("roles") if name.endswith("delimitations.toml")
    )
    for one in (delimitations, document):
        service.load_document(one, source="box", occasion=occasion)
    for cvr in cvrs:
        with reading(service.engine) as connection:
            known = organisation_by_cvr(connection, "sundhed", cvr, "", at)
        home = known.id if known else organisation(service.engine, cvr, at)
        entitle(service.engine, home, str(document["code"]), at)


def entitle(engine: Engine, home: UUID, code: str, at: datetime) -> None:
    """Let an organisation hand out every role of a service, without limits."""
    cache = CatalogueCache(engine)
    service = EntitlementService(AuditStore(), cache.current_in)
    with writing(engine) as connection:
        for role in cache.current_in(connection).roles_of("sundhed", code):
            service.entitle(connection, OPERATOR, home, role.id, (), Deed(at, "all", "BOX"))
