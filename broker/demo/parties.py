"""The demo's identity providers and services, made of the documents that the broker ships."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import requests

from broker.clock import Clock
from broker.demo.authority import kept
from broker.demo.idp import DemoIdp
from broker.demo.keys import party
from broker.demo.sp import DemoSp, Memory
from broker.demo.words import Words
from broker.errors import Unavailable
from broker.metadata.decisions import read_idp
from broker.metadata.documents import Document, Table
from broker.metadata.model import IdentityProvider, Localised, ServiceProvider
from broker.metadata.seed import seeds
from broker.saml.entities import EntityFacts
from broker.saml.entity_descriptor import read_metadata

TONES = ("blue", "plum", "green", "brown", "slate")
OWN_CVR = "90000012"  # fictive, as every number here
PATIENCE = 10  # seconds
NEWCOMER, NEWCOMER_NAME = "vaccination", Localised("Vaccinationskortet", "The vaccination card")
SOAP = ("sor",)  # services that log out without the browser; the others have one step each


@dataclass(frozen=True, slots=True)
class Parties:
    """Everybody around the broker, by code."""

    idps: Mapping[str, DemoIdp]
    sps: Mapping[str, DemoSp]
    newcomer: DemoSp  # that nobody has registered: its owner does so in the portal


def members(folder: str) -> dict[str, tuple[str, ...]]:
    """The shipped documents of `services` or `idp`: the federations of each, by code, in order."""
    return {_code(document): _federations(document) for _, document in seeds(folder)}


def entity_id(code: str) -> str:
    """The entityID of a party; it does not change with the ports."""
    return f"https://{code}.demo.example.dk/saml"


def make_parties(
    folder: Path, origin: str, idp_port: int, sp_port: int, clock: Clock, words: Words
) -> Parties:
    """Make every party with its key. They learn of the broker from its published metadata alone."""
    issuer = cache(lambda: kept(folder / "authority"))
    idp_seeds = [document for _, document in seeds("idp")]
    sp_seeds = [document for _, document in seeds("services")]
    names = {entity_id(_code(d)): _name(d) for d in sp_seeds}
    paths = tuple(dict.fromkeys(path for d in sp_seeds for path in _federations(d)))
    as_sp = cache(lambda: _broker_sps(origin, paths, clock))
    as_idp = cache(lambda: _broker_idps(origin, paths, clock))

    idps = {}
    for number, document in enumerate(idp_seeds):
        code, name = _code(document), _name(document)
        idps[code] = DemoIdp(
            code=code,
            entity_id=entity_id(code),
            url=f"http://127.0.0.1:{idp_port}/{code}",
            name=name,
            tone=TONES[number % len(TONES)],
            profile=read_idp(document, code).speech.profile,
            party=party(folder, code, issuer, name=f"DEMO {name.da}", cvr=OWN_CVR, now=clock()),
            partners=as_sp,
            service_names=lambda: names,
            clock=clock,
        )
    by_code = {code: idp.entity_id for code, idp in idps.items()}
    sps = {}
    for number, document in enumerate(sp_seeds):
        code, name = _code(document), _name(document)
        sps[code] = DemoSp(
            code=code,
            entity_id=entity_id(code),
            url=f"http://127.0.0.1:{sp_port}/{code}",
            name=name,
            tone=TONES[(number + 2) % len(TONES)],
            soap=code in SOAP,
            party=party(folder, code, issuer, name=f"DEMO {name.da}", cvr=OWN_CVR, now=clock()),
            brokers=as_idp,
            idp_entity_ids=by_code,
            federations=_federations(document),
            owner=Table("seed", document).text("owner"),
            words=words,
            clock=clock,
        )
    newcomer = replace(
        next(iter(sps.values())),
        code=NEWCOMER,
        entity_id=entity_id(NEWCOMER),
        url=f"http://127.0.0.1:{sp_port}/{NEWCOMER}",
        name=NEWCOMER_NAME,
        soap=False,
        party=party(
            folder, NEWCOMER, issuer, name=f"DEMO {NEWCOMER_NAME.da}", cvr=OWN_CVR, now=clock()
        ),
        federations=("sundhed-test", "sundhed"),
        owner="Styrelsen for Patientsikkerhed",
        memory=Memory(),
    )
    return Parties(idps, sps, newcomer)


def _code(document: Document) -> str:
    return Table("seed", document).slug("code")


def _name(document: Document) -> Localised:
    return Table("seed", document).localised("name")


def _federations(document: Document) -> tuple[str, ...]:
    return Table("seed", document).texts("federations")


def _fetched(origin: str, path: str, side: str, clock: Clock) -> EntityFacts:
    """The broker's published metadata of one side, over HTTP as any partner fetches it."""
    answer = requests.get(f"{origin}/{path}/metadata/{side}.xml", timeout=PATIENCE)
    answer.raise_for_status()
    (found,) = read_metadata(answer.content, clock()).entities
    return found


def _broker_sps(origin: str, paths: tuple[str, ...], clock: Clock) -> Mapping[str, ServiceProvider]:
    found = [_fetched(origin, path, "sp", clock).sp for path in paths]
    return {sp.entity_id: sp for sp in found if sp is not None}


def _broker_idps(
    origin: str, paths: tuple[str, ...], clock: Clock
) -> Mapping[str, IdentityProvider]:
    known = {}
    for path in paths:
        idp = _fetched(origin, path, "idp", clock).idp
        if idp is None:
            raise Unavailable("demo.metadata", f"the broker publishes no IdP for {path}")
        known[path] = idp
    return known
