"""The demo's certificates have the shape of OCES3, and its people are nobody."""

import socket
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding

from broker.demo.federation import MARK, Ports, claimed, prepare
from broker.demo.keys import Authority, Party, party
from broker.demo.people import PEOPLE
from broker.errors import Unavailable
from broker.saml.privileges import read_privileges
from tests.factories import NOW


@pytest.fixture
def made(tmp_path: Path) -> Party:
    issuer = cache(Authority.new)
    return party(tmp_path, "dpsd", issuer, name="DEMO Styrelse", cvr="90000012", now=NOW)


def test_the_subject_is_read_as_oces3(made: Party) -> None:
    subject = made.signing.certificate.oces
    assert subject is not None
    assert (subject.generation, subject.kind, subject.cvr) == (3, "VOCES", "90000012")


def test_the_certificate_is_signed_with_pss_and_states_its_policy(made: Party) -> None:
    certificate = made.signing.certificate.parsed
    assert isinstance(certificate.signature_algorithm_parameters, padding.PSS)
    policies = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert "1.2.208.169.1.1.1.3.7" in {p.policy_identifier.dotted_string for p in policies}


def test_a_key_is_kept_for_the_next_start_and_for_its_owner_alone(
    made: Party, tmp_path: Path
) -> None:
    def nobody() -> Authority:
        raise AssertionError("the key was there")

    again = party(tmp_path, "dpsd", nobody, name="x", cvr="90000012", now=NOW)
    assert again.signing.certificate == made.signing.certificate
    assert (tmp_path / "dpsd.pem").stat().st_mode & 0o077 == 0


def test_nobody_has_the_key_of_somebody_else() -> None:
    keys = [person.key for person in PEOPLE]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("person", PEOPLE, ids=[person.key for person in PEOPLE])
def test_everybodys_privileges_are_read_back(person: object) -> None:
    who = next(p for p in PEOPLE if p is person)
    value = who.privileges()
    groups = read_privileges(value) if value else ()
    held = [(group.privileges[0], dict(group.constraints)) for group in groups]
    assert [privilege for privilege, _ in held] == [privilege for privilege, _ in who.rights]


def test_only_a_demos_own_folder_is_emptied(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    prepare(folder, fresh=False)
    (folder / "left-over").write_text("x")
    prepare(folder, fresh=True)
    assert [path.name for path in folder.iterdir()] == ["README"]
    (folder / "README").write_text(MARK + "changed")
    with pytest.raises(Unavailable):
        prepare(folder, fresh=True)


def test_a_folder_is_one_demos_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with claimed(folder):
        prepare(folder, fresh=False)
        prepare(folder, fresh=True)
        with pytest.raises(Unavailable) as refused, claimed(folder):
            pytest.fail("two had the folder")
    assert refused.value.code == "demo.running"
    with claimed(folder):
        pass


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable) as refused, claimed(tmp_path / "file" / "demo"):
        pytest.fail("a folder in a file")
    assert str(tmp_path / "file") in refused.value.detail


def test_a_port_that_is_taken_is_named_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = held.getsockname()[1]
        with pytest.raises(Unavailable) as refused:
            Ports.starting(taken)
        assert str(taken) in refused.value.detail


def test_port_0_asks_for_ports_that_are_free() -> None:
    ports = Ports.starting(0)
    assert len({ports.broker, ports.idps, ports.services}) == 3
    assert min(ports.broker, ports.idps, ports.services) > 1023
