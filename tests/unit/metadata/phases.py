"""A plan in each of its phases, keys of both its epochs, and a node that serves our documents."""

import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.db import writing
from broker.metadata import store
from broker.metadata.publish import Publisher
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.seeing import Fetches
from broker.metadata.readiness.signals import Signals
from broker.metadata.registry import RegistryCache
from broker.metadata.rollover import store as rollover_store
from broker.metadata.rollover.model import FIRST, Instants, Plan, Rollovers, Slot
from broker.metadata.views import blueprint
from broker.saml.keys import DecryptionKey, SigningKey
from broker.settings import read_settings
from broker.web.setup import install
from tests.factories import NOW, decryption_key, signing_key
from tests.unit.metadata.installation import OCCASION, ORIGIN, Installation

IDP_SIGNING = Slot("sundhed", "idp", "signing")
SP_SIGNING = Slot("sundhed", "sp", "signing")
SP_ENCRYPTION = Slot("sundhed", "sp", "encryption")
DAY = timedelta(days=1)
NEW = "y2027"
INSTANTS = Instants(
    announce=NOW + 10 * DAY,
    early_from=NOW + 40 * DAY,
    switch=NOW + 100 * DAY,
    rollback_until=NOW + 110 * DAY,
    unpublish=NOW + 120 * DAY,
    destroy=NOW + 130 * DAY,
)
PHASES = {
    "waiting": NOW,
    "announced": NOW + 11 * DAY,
    "early": NOW + 50 * DAY,
    "switched": NOW + 101 * DAY,
    "settled": NOW + 111 * DAY,
    "unpublished": NOW + 121 * DAY,
    "destroyed": NOW + 131 * DAY,
}


def plan_of(slot: Slot = IDP_SIGNING, **changes: object) -> Plan:
    """A plan from the first key to the new one."""
    plan = Plan(f"{slot.side}-{slot.use}-2027", slot, FIRST, NEW, INSTANTS)
    return replace(plan, **changes)  # type: ignore[arg-type]  # fields of a plan


@dataclass(frozen=True)
class HeldKeys:
    """Keys of every slot and epoch, made once a run."""

    def signing(self, slot: Slot, epoch: str) -> SigningKey:
        return signing_key(f"{slot} {epoch}")

    def decryption(self, federation: str, epoch: str) -> DecryptionKey:
        return decryption_key(f"{federation} decryption {epoch}")


KEYS = HeldKeys()
TOKENS = Tokens(b"a secret of the tests")


@dataclass
class Node:
    """One node that serves our documents, at a clock that is moved by hand."""

    installation: Installation
    now: datetime = NOW
    signals: Signals = field(default_factory=Signals)

    def __post_init__(self) -> None:
        engine = self.installation.engine
        app = Flask("broker", static_folder=None, template_folder=None)
        install(app, read_settings({"BROKER_ORIGIN": ORIGIN}), clock=lambda: self.now)
        views = blueprint(
            RegistryCache(engine, ORIGIN),
            Publisher(KEYS),
            lambda: self.now,
            TOKENS,
            Fetches(engine, self.signals),
        )
        app.register_blueprint(views)
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/sundhed/metadata/{path}", base_url=ORIGIN, headers=named)

    def plan(self, plan: Plan) -> Plan:
        """Keep a plan and tell every node; the plan as it is kept."""
        with writing(self.installation.engine) as connection:
            row = rollover_store.add_plan(connection, plan, OCCASION.at)
            store.bump(connection)
        return replace(plan, row=row)


def of(*plans: Plan) -> Rollovers:
    """These plans and nothing else."""
    return Rollovers(plans)


def xmlsec1_verifies(document: bytes, element: str, key: SigningKey, folder: Path) -> bool:
    """Whether the xmlsec1 program verifies the enveloped signature with this certificate alone."""
    program = shutil.which("xmlsec1")
    assert program, "the suite needs the program xmlsec1"
    signed, trusted = folder / "signed.xml", folder / "trusted.pem"
    signed.write_bytes(document)
    trusted.write_bytes(key.certificate.pem())
    done = subprocess.run(
        [
            program,
            "--verify",
            "--enabled-key-data",
            "rsa",
            "--pubkey-cert-pem",
            str(trusted),
            "--id-attr:ID",
            element,
            str(signed),
        ],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
