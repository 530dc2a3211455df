"""Setting a stage: a broker in an empty folder, the plan, and a pair for each behaviour."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from broker.app import create_app
from broker.bootstrap import metadata_service
from broker.db import Engine, make_engine, migrate, writing
from broker.demo.descriptor import idp_xml, sp_xml
from broker.demo.drill.behaviours import BEHAVIOURS, STEADY, Behaviour
from broker.demo.drill.partner import Idp, Partner, Service
from broker.demo.drill.stage import ORIGIN, Hands, Pair, Stage
from broker.demo.keys import BITS, Authority, Party, party
from broker.demo.people import PEOPLE
from broker.errors import Unavailable
from broker.metadata import store as registry
from broker.metadata.defaults import LoadOptions
from broker.metadata.documents import Document
from broker.metadata.keyring import create_keys, create_secrets
from broker.metadata.model import Federation, Localised
from broker.metadata.report import Occasion
from broker.metadata.rollover import store
from broker.metadata.rollover.model import FIRST, Plan, Side
from broker.metadata.seed import seeds
from broker.metadata.service import MetadataService
from broker.saml import names
from broker.saml.keys import Certificate
from broker.settings import Settings, read_settings

BEFORE = timedelta(days=1)  # partners are registered before anything is announced


def make_stage(
    folder: Path,
    plans: Sequence[Plan],
    services: Sequence[Behaviour] = BEHAVIOURS,
    idps: Sequence[Behaviour] | None = None,
) -> Stage:
    """Set up a broker in an empty folder with the plans of one federation and style.

    The identity providers behave as the services do, unless told otherwise. A login has at
    most one partner that does not keep up. Identity providers that hold one certificate alone
    are watched in a hard cut only: we have no addresses of an epoch for them, so that they
    change by appointment, as `traffic` shows. Raises Unavailable where it cannot be set up.
    """
    plan = plans[0]
    federation, start = plan.slot.federation, plan.instants.announce - BEFORE
    clock = Hands(start)
    settings = read_settings({"BROKER_DATA": str(folder), "BROKER_ORIGIN": ORIGIN})
    engine = make_engine(settings.database_url)
    migrate(engine)
    service = metadata_service(engine, ORIGIN)
    occasion = Occasion(start, "drill", "a drill", "DRILL")
    for source, document in seeds("federations"):
        if alone := _of_path(document, federation):
            service.load_document(alone, source=source, occasion=occasion)
    home = next((f for f in service.federations() if f.path == federation), None)
    if home is None:
        raise Unavailable("drill.federation", f"no federation {federation} ships with the broker")
    _keys(settings, service.federations(), plans)
    _plan(engine, plans, start)
    issuer = cache(Authority.new)

    def key(code: str) -> Party:
        return party(folder / "partners", code, issuer, name=code, cvr="90000012", now=start)

    kind = "Professional" if home.identity_type == names.PROFESSIONAL else "Person"
    person = next(p for p in PEOPLE if bool(p.home) == (kind == "Professional"))

    def service_of(code: str, behaviour: Behaviour) -> Service:
        entity = f"https://{code}.example.dk"
        paths = _documents(federation, "idp")
        return Service(code, entity, behaviour, key(code), *paths, acs=f"{entity}/acs")

    def idp_of(code: str, behaviour: Behaviour) -> Idp:
        entity, paths = f"https://{code}.example.dk", _documents(federation, "sp")
        return Idp(code, entity, behaviour, key(code), *paths, person=person)

    steady = idp_of("idp-steady", STEADY)
    pairs = [Pair(service_of(f"sp-{b.code}", b), steady, "idp") for b in services]
    pairs += [
        Pair(service_of(f"sp-beside-{b.code}", STEADY), idp_of(f"idp-{b.code}", b), "sp")
        for b in (services if idps is None else idps)
        if b.reads == "several" or plan.style == "hard"
    ]
    for pair in pairs:
        _register(service, federation, pair, kind, occasion)
    engine.dispose()
    stage = Stage(
        create_app(settings, clock=clock), settings, clock, federation, tuple(pairs), tuple(plans)
    )
    if plan.style == "overlap":
        for pair in pairs:
            _own_document(stage, pair)
    return stage


def _own_document(stage: Stage, pair: Pair) -> None:
    """Where one certificate is all that a partner holds, it loads the document made for it.

    Who switches by hand loads both keys when they are announced, and is done with it.
    """
    watched, registry = pair.watched, stage.broker.registry.current()
    if watched.behaviour.loads == "by hand":
        watched.ahead = watched.path
    if watched.behaviour.reads != "several":
        row = registry.service_by_code(stage.federation, watched.code).row
        token = stage.broker.tokens.of(stage.federation, pair.side, row)
        watched.path = f"/{stage.federation}/metadata/m/{token}/{pair.side}.xml"


def _of_path(document: Document, federation: str) -> Document | None:
    """A federation's document with the one environment that is played, or None."""
    listed = document.get("environment")
    those = listed if isinstance(listed, list) else []
    found = [one for one in those if isinstance(one, dict) and one.get("path") == federation]
    return {**document, "environment": found} if found else None


def _documents(federation: str, side: Side) -> tuple[str, str]:
    base = f"/{federation}/metadata"
    return f"{base}/{side}.xml", f"{base}/next/{side}.xml"


def _keys(settings: Settings, homes: Sequence[Federation], plans: Sequence[Plan]) -> None:
    """Every federation's first keys, and those of each epoch that the plans name."""
    at = plans[0].instants.announce - BEFORE
    create_secrets(settings.keys)
    by_path = {home.path: home for home in homes}
    for home in homes:
        create_keys(settings.keys, home, at, bits=BITS)
    for path, epoch in sorted({(p.slot.federation, e) for p in plans for e in (p.before, p.after)}):
        if epoch != FIRST:
            home = replace(by_path[path], path=epoch)
            create_keys(settings.keys / path, home, at, bits=BITS)


def _plan(engine: Engine, plans: Sequence[Plan], at: datetime) -> None:
    with writing(engine) as connection:
        for plan in plans:
            row = store.add_plan(connection, plan, at)
            for rule in plan.rules:
                store.add_rule(connection, row, rule, at)
        registry.bump(connection)


def _register(
    service: MetadataService, federation: str, pair: Pair, kind: str, occasion: Occasion
) -> None:
    """Register the identity provider of a pair, if nobody did yet, and the service with it."""
    idp, sp = pair.idp, pair.service  # one of them the watched one
    known = {record.code for record in service.entities(federation)}
    if idp.code not in known:
        about: dict[str, object] = {"kind": "idp", "maximum": "High", "identity_types": [kind]}
        about["cvrs"] = "any" if kind == "Professional" else []
        _document(service, federation, idp, about, occasion)
    said: dict[str, object] = {"kind": "service", "owner": "DRILL", "minimum": "Low"}
    said |= {"idp": [{"code": idp.code}], "require_role": False}
    _document(service, federation, sp, said, occasion)
    name, leaving = Localised(sp.code, sp.code), ((names.REDIRECT, f"{sp.entity_id}/slo"),)
    own = idp.entity_id
    for raw in (
        idp_xml(own, idp.party.signing.certificate, f"{own}/sso", f"{own}/slo", name),
        sp_xml(sp.entity_id, sp.party.signing.certificate, sp.acs, leaving, name),
    ):
        found = service.load_xml(
            raw, federation=federation, source="drill", options=LoadOptions(), occasion=occasion
        )
        if found.refused:
            raise Unavailable("drill.metadata", f"{sp.code} could not be registered")


def bring(stage: Stage, pair: Pair, *, keep: tuple[Certificate, ...] = ()) -> None:
    """A service's new metadata comes into force here: its keys of now, and those it keeps."""
    sp, at = pair.service, stage.clock.now
    leaving = ((names.REDIRECT, f"{sp.entity_id}/slo"),)
    name, own = Localised(sp.code, sp.code), sp.party.signing.certificate
    raw = sp_xml(sp.entity_id, own, sp.acs, leaving, name, keep)
    engine = make_engine(stage.settings.database_url)
    found = metadata_service(engine, ORIGIN).load_xml(
        raw,
        federation=stage.federation,
        source="drill",
        options=LoadOptions(accept_key_change=True),
        occasion=Occasion(at, "drill", "a drill", "DRILL"),
    )
    engine.dispose()
    if found.refused:
        raise Unavailable("drill.metadata", f"{sp.code} could not bring its new keys")


def _document(
    service: MetadataService,
    federation: str,
    partner: Partner,
    said: dict[str, object],
    occasion: Occasion,
) -> None:
    named: dict[str, object] = {
        **said,
        "code": partner.code,
        "entity_id": partner.entity_id,
        "name": {"da": partner.code, "en": partner.code},
        "federations": [federation],
        "reads": partner.behaviour.reads,
    }
    service.load_document(named, source="drill", occasion=occasion, placing="in_force")
