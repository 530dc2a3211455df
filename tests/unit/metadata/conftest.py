"""An installation on each database engine."""

from collections.abc import Iterator

import pytest

from broker.db import Engine
from broker.demo.authority import Authority
from tests.factories import NOW
from tests.unit.metadata.installation import Installation
from tests.unit.metadata.revoking import DAY, Trail, World
from tests.unit.metadata.telling import Telling, serving


@pytest.fixture
def installation(engine: Engine) -> Installation:
    """An installation with the federations of staff and nobody in them."""
    made = Installation(engine)
    made.seed("federations", only="sundhed")
    return made


@pytest.fixture(scope="module")
def authority_server() -> Iterator[Telling]:
    with serving(Telling()) as telling:
        yield telling


@pytest.fixture(scope="module")
def telling_authority(authority_server: Telling) -> Authority:
    return Authority.new(address=authority_server.address)


@pytest.fixture
def telling(authority_server: Telling, telling_authority: Authority) -> Telling:
    """The server in its honest state: nothing is revoked."""
    authority_server.status = 200
    authority_server.lists = {
        "/issuing.crl": telling_authority.crl(NOW),
        "/root.crl": telling_authority.crl(NOW, root=True, life=30 * DAY),
    }
    authority_server.answers = {}
    authority_server.asked.clear()
    return authority_server


@pytest.fixture
def world(installation: Installation, telling: Telling, telling_authority: Authority) -> World:
    found = World(installation, telling, telling_authority, Trail())
    found.policy()
    return found
