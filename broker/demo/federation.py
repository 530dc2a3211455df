"""Keys, metadata, broker, services and identity providers, wired as an installation would be."""

import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from broker.app import create_app
from broker.audit.proof.keys import PUBLIC, make_key
from broker.bootstrap import Services, metadata_service
from broker.clock import Clock
from broker.db import make_engine, migrate
from broker.demo import idp as demo_idp
from broker.demo import service_list, sp_pages
from broker.demo import sp as demo_sp
from broker.demo.descriptor import idp_xml, sp_xml
from broker.demo.keys import BITS
from broker.demo.organising import HISTORY, organise
from broker.demo.parties import Parties, entity_id, make_parties
from broker.demo.words import Words
from broker.errors import Unavailable
from broker.login.state import Observer
from broker.metadata.defaults import LoadOptions
from broker.metadata.documents import Document
from broker.metadata.keyring import PSEUDONYM, create_keys, create_secrets, load_secret
from broker.metadata.report import Occasion
from broker.metadata.seed import ORDER, seeds
from broker.metadata.service import MetadataService
from broker.portals.registering import register, suits
from broker.roles.catalogue.cache import CatalogueCache
from broker.settings import Settings, read_settings
from broker.trials.idp import suits as has_trials
from broker.trials.registering import register as register_trials
from broker.web.reference import new_reference
from broker.web.setup import install

MARK = "This folder holds a demo of the federation broker. It may be deleted at any time.\n"
Say = Callable[[str], None]
_QUIET = range(10_240, 32_768)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the three sites listen on loopback: broker, identity providers, services."""

    broker: int
    idps: int
    services: int

    @staticmethod
    def free() -> "Ports":
        """Three ports that nobody uses just now.

        Below those that systems hand out by themselves: of those, anybody's next connection
        may take one before the demo, which first makes its keys, listens there.
        """
        chance = secrets.SystemRandom()
        while True:
            numbers = chance.sample(_QUIET, 3)
            try:
                for port in numbers:
                    socket.create_server(("127.0.0.1", port)).close()
            except OSError:
                continue
            return Ports(*numbers)

    @staticmethod
    def starting(first: int) -> "Ports":
        """Three in a row; 0 asks for three that are free. Raises Unavailable where one is taken."""
        if first == 0:
            return Ports.free()
        for port in range(first, first + 3):
            try:
                socket.create_server(("127.0.0.1", port)).close()
            except OSError as error:
                raise Unavailable(
                    "demo.port", f"port {port}: {error.strerror}; choose another with --port"
                ) from error
        return Ports(first, first + 1, first + 2)

    @property
    def origin(self) -> str:
        """The broker's origin; `localhost` and `127.0.0.1` are two sites to a browser."""
        return f"http://localhost:{self.broker}"


@dataclass(frozen=True, slots=True)
class DemoFederation:
    """Everything that runs: the broker, and the two applications around it."""

    ports: Ports
    settings: Settings
    broker: Flask
    idp_app: Flask
    sp_app: Flask
    idps: Mapping[str, demo_idp.DemoIdp]
    sps: Mapping[str, demo_sp.DemoSp]
    newcomer: demo_sp.DemoSp  # not registered yet
    words: Words

    @property
    def services(self) -> Services:
        """What the broker is made of."""
        found = self.broker.extensions["broker"]
        if not isinstance(found, Services):
            raise TypeError("not a broker")
        return found


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Have the folder for oneself. Raises Unavailable while another demo runs in it.

    A second one would write its own ports into the first one's registry.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise Unavailable("demo.folder", f"{folder}: {error.strerror}") from error
    try:
        _lock(held, folder)
        yield
    finally:
        os.close(held)


def _lock(held: int, folder: Path) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Unavailable("demo.running", f"a demo runs in {folder} already") from error


def prepare(folder: Path, *, fresh: bool) -> None:
    """Make the demo's folder, or empty it first. Raises Unavailable for a folder not the demo's."""
    mark = folder / "README"
    ours = mark.is_file() and mark.read_text() == MARK
    if folder.exists() and any(folder.iterdir()) and not ours:
        raise Unavailable(
            "demo.folder", f"{folder} is not empty and not a demo's; name another one"
        )
    if fresh and ours:
        for part in set(folder.iterdir()) - {mark}:  # the folder stays, for it may be claimed
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.write_text(MARK)


def build(
    folder: Path, ports: Ports, *, clock: Clock, say: Say, observe: Observer | None = None
) -> DemoFederation:
    """Set everything up in a prepared folder and wire it; doing it again keeps keys and people."""
    environ = {"BROKER_DATA": str(folder / "broker"), "BROKER_ORIGIN": ports.origin}
    settings = read_settings(environ)
    engine = make_engine(settings.database_url)
    say("database")
    migrate(engine)
    service = metadata_service(engine, ports.origin)
    occasion = Occasion(clock(), "demo", "the demo federation", new_reference())
    known = service.federations()
    # Organisations have a history that begins with the catalogue, or it could give no roles then.
    documents = occasion if known else replace(occasion, at=occasion.at - HISTORY)
    for kind in ORDER:
        for source, document in seeds(kind):
            service.load_document(
                tied(document, ports), source=source, occasion=documents, placing="in_force"
            )
    say("keys of the broker")
    create_secrets(settings.keys)
    if not (settings.keys / PUBLIC).exists():
        make_key(settings.keys, clock())
    for federation in service.federations():
        create_keys(settings.keys, federation, clock(), bits=BITS)
    say("keys of the parties")
    words = Words(engine, CatalogueCache(engine))
    parties = make_parties(
        folder / "parties", ports.origin, ports.idps, ports.services, clock, words
    )
    say("metadata")
    _load(service, parties, occasion)
    for federation in service.federations():
        if suits(federation):
            register(service, federation, settings.keys, occasion, bits=BITS)
        if has_trials(federation):
            register_trials(service, federation, settings.keys, occasion, bits=BITS)
    say("organisations")
    organise(engine, load_secret(settings.keys / PSEUDONYM), ports.origin, occasion)
    engine.dispose()
    broker = create_app(settings, clock=clock, observe=observe)
    idp_app, sp_app = _site(settings, ports.idps, clock), _site(settings, ports.services, clock)
    for idp in parties.idps.values():
        idp_app.register_blueprint(demo_idp.blueprint(idp))
    for sp in parties.sps.values():
        sp_app.register_blueprint(sp_pages.blueprint(sp))
    sp_app.register_blueprint(sp_pages.blueprint(parties.newcomer))
    sp_app.register_blueprint(service_list.blueprint(service.federations(), parties.sps))
    return DemoFederation(
        ports,
        settings,
        broker,
        idp_app,
        sp_app,
        parties.idps,
        parties.sps,
        parties.newcomer,
        words,
    )


def tied(document: Document, ports: Ports) -> Document:
    """A shipped document tied to the demo's own party by its entityID."""
    code = str(document.get("code", ""))
    match document.get("kind"):
        case "idp":
            return {**document, "entity_id": entity_id(code)}
        case "service":
            start = f"http://127.0.0.1:{ports.services}/{code}/"
            return {**document, "entity_id": entity_id(code), "start_url": start}
        case _:
            return document


def _load(service: MetadataService, parties: Parties, occasion: Occasion) -> None:
    """Load each party's metadata where its document says it belongs."""
    options = LoadOptions(accept_key_change=True)  # other ports are other addresses
    documents = [
        (
            idp.entity_id,
            idp_xml(
                idp.entity_id,
                idp.party.signing.certificate,
                f"{idp.url}/sso",
                f"{idp.url}/slo",
                idp.name,
            ),
        )
        for idp in parties.idps.values()
    ]
    documents += [
        (
            sp.entity_id,
            sp_xml(sp.entity_id, sp.party.signing.certificate, sp.acs_url, sp.logout_urls, sp.name),
        )
        for sp in parties.sps.values()
    ]
    for federation in service.federations():
        members = {known.entity_id for known in service.entities(federation.path)}
        for entity, raw in documents:
            if entity in members:
                report = service.load_xml(
                    raw,
                    federation=federation.path,
                    source=entity,
                    options=options,
                    occasion=occasion,
                )
                if report.refused:
                    raise Unavailable("demo.metadata", f"{entity} was refused by the broker")


def _site(settings: Settings, port: int, clock: Clock) -> Flask:
    """An application on a site of its own, with the pages' common parts."""
    app = Flask(f"demo-{port}", static_folder=None, template_folder=None)
    install(app, replace(settings, origin=f"http://127.0.0.1:{port}"), clock=clock)
    return app
