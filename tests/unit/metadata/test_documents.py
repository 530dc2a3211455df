"""Documents say who is what; a mistake in one is named, and nothing of it is loaded."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from broker.attributes.pipeline import check_mapping
from broker.errors import Refused
from broker.metadata import seed
from broker.metadata.decisions import federation_documents, read_federation, read_idp, read_service
from broker.metadata.model import Activation
from broker.metadata.rollover.documents import read_draft
from broker.roles.documents import SERVICE_KEYS
from broker.saml import names
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.metadata.installation import ORIGIN, Installation

NAME = {"da": "Navn", "en": "Name"}
SERVICE: dict[str, object] = {"kind": "service", "code": "dpsd", "name": NAME, "owner": "Ejer"}
IDP: dict[str, object] = {"kind": "idp", "code": "region", "name": NAME}
BORGER = """
kind = "federation"
code = "borger"
identity_type = "Person"

[name]
da = "SEB Borger"
en = "SEB Citizen"

[contact]
name = "Servicedesk"
mail = "servicedesk@example.dk"
phone = "+45 00 00 00 00"
hours = { da = "Hverdage", en = "Weekdays" }

[[environment]]
path = "borger"
environment = "production"
idp_entity_id = "{origin}/borger/saml/idp"
sp_entity_id = "{origin}/borger/saml/sp"

[[environment]]
path = "borger-test"
environment = "test"
ribbon = { da = "Test", en = "Test" }
idp_entity_id = "https://t-seb.example.dk/runtime/"
sp_entity_id = "{origin}/borger-test/saml/sp"
"""


def shipped() -> Iterator[tuple[str, str, dict[str, object]]]:
    for folder in seed.FOLDERS:
        for name, document in seed.seeds(folder):
            yield folder, name, dict(document)


def test_every_shipped_document_is_read_without_a_mistake() -> None:
    kinds = set()
    for folder, name, document in shipped():
        kinds.add(document["kind"])
        match folder:
            case "federations":
                for one in federation_documents(document, name):
                    read_federation(one, ORIGIN, name)
            case "services":
                read_service(without_catalogue(document), name)
            case "idp":
                read_idp(document, name)
            case "mapping":
                check_mapping(str(document["service"]), document)
            case "rollovers":
                read_draft(document, name, NOW)
            case _:
                assert folder == "roles"  # read in tests/house/test_seeds.py
    assert kinds == {
        "federation",
        "service",
        "idp",
        "mapping",
        "roles",
        "delimitations",
        "rollover",
    }


def without_catalogue(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if key not in SERVICE_KEYS}


def test_every_shipped_document_loads_and_region_nordjylland_is_not_active_for_fmk_online(
    installation: Installation,
) -> None:
    whole = installation.with_catalogue()
    whole.seed(*seed.ORDER)
    decided = {
        (record.federation, record.code): record.document for record in whole.service.entities()
    }
    assert {code for path, code in decided if path == "borger"} == {
        "general-practice",
        "nemlogin-borger",
        "sundhed-dk",
        "web-pharmacy",
    }
    assert not any(set(document) & SERVICE_KEYS for document in decided.values())
    active = {
        code: [a.idp for a in read_service(decided["sundhed", code]).activations]
        for code in ("dpsd", "esundhed-sor", "fmk-online")
    }
    assert active == {
        "dpsd": ["nemlogin", "region-nordjylland", "region-sjaelland"],
        "esundhed-sor": ["nemlogin", "region-nordjylland", "region-sjaelland"],
        "fmk-online": ["nemlogin"],
    }
    assert read_service(decided["sundhed", "fmk-online"]).sla == "society-critical"


def test_borger_is_nothing_but_data(installation: Installation) -> None:
    installation.document(seed.read_toml(BORGER.encode(), "borger.toml"))
    registry = installation.registry
    assert [f.path for f in registry.federations][-2:] == ["borger", "borger-test"]
    borger = registry.federation("borger")
    assert borger.identity_type == names.PERSON
    assert borger.sso_url == f"{ORIGIN}/borger/saml/sso"
    assert borger.ribbon is None
    test = registry.federation("borger-test")
    assert test.idp_entity_id == "https://t-seb.example.dk/runtime/"
    assert test.ribbon is not None


def test_a_federation_loaded_again_changes_only_what_changed(installation: Installation) -> None:
    document = seed.read_toml(BORGER.encode(), "borger.toml")
    installation.document(document)
    revision = installation.revision
    assert {o.state for o in installation.document(document).outcomes} == {"unchanged"}
    assert installation.revision == revision
    renamed = seed.read_toml(BORGER.replace("SEB Citizen", "Citizens").encode(), "borger.toml")
    assert {o.state for o in installation.document(renamed).outcomes} == {"changed"}
    assert installation.registry.federation("borger").name.en == "Citizens"


def test_what_is_decided_is_read_whole() -> None:
    opens = datetime(2023, 4, 24, 4, 0, tzinfo=UTC)
    service = read_service(
        SERVICE
        | {
            "group": "group",
            "sla": "society-critical",
            "start_url": "https://service.example.dk/",
            "minimum": "High",
            "require_signed_requests": True,
            "plaintext": True,
            "require_role": True,
            "signed": "both",
            "idp": [{"code": "nemlogin"}, {"code": "region", "opens": "2023-04-24T06:00:00+02:00"}],
        }
    )
    assert service.minimum is Assurance.HIGH
    assert service.activations == (Activation("nemlogin"), Activation("region", opens))
    assert service.group == "group"
    assert all((service.require_signed_requests, service.plaintext, service.require_role))
    assert service.speech.signed == "both"
    idp = read_idp(
        IDP
        | {
            "maximum": "Low",
            "cvrs": ["29190901", "29190902"],
            "identity_types": ["Person"],
            "encrypted": False,
            "nist": "Substantial",
            "allow_cbc": True,
            "bearer_not_before": False,
            "skew": 300,
            "conditions_lifetime": 600,
            "order": 7,
        }
    )
    assert idp.maximum is Assurance.LOW
    assert idp.cvrs == frozenset({"29190901", "29190902"})
    assert idp.identity_types == frozenset({names.PERSON})
    assert idp.nist is Assurance.SUBSTANTIAL
    assert (idp.encrypted, idp.allow_cbc, idp.bearer_not_before) == (False, True, False)
    assert (idp.skew, idp.conditions_lifetime, idp.order) == (300, 600, 7)


def test_what_is_not_decided_is_cautious() -> None:
    service, idp = read_service(SERVICE), read_idp(IDP)
    assert service.minimum is Assurance.SUBSTANTIAL
    assert service.group == "dpsd"
    assert service.activations == ()
    assert not service.plaintext
    assert idp.cvrs == frozenset()
    assert idp.encrypted
    assert idp.nist is None
    assert not idp.allow_cbc


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (SERVICE | {"minumum": "High"}, "nothing is called minumum"),
        (SERVICE | {"code": "Dansk DB"}, "code"),
        (SERVICE | {"code": ""}, "code"),
        (SERVICE | {"name": {"da": "Navn"}}, "name: en"),
        (SERVICE | {"name": "Navn"}, "name is no table"),
        (SERVICE | {"owner": 7}, "owner"),
        (SERVICE | {"minimum": "Sufficient"}, "Low, Substantial, High"),
        (SERVICE | {"plaintext": "yes"}, "neither true nor false"),
        (SERVICE | {"sla": "gold"}, "standard, society-critical"),
        (SERVICE | {"idp": "nemlogin"}, "no list of tables"),
        (SERVICE | {"idp": [{"code": "n", "opens": datetime(2026, 1, 1)}]}, "offset"),  # noqa: DTZ001  # the mistake
        (SERVICE | {"idp": [{"code": "n", "opens": "in May"}]}, "offset"),
        (
            SERVICE
            | {
                "idp": [
                    {
                        "code": "n",
                        "opens": "2026-05-02T00:00:00+02:00",
                        "closes": "2026-05-01T00:00:00+02:00",
                    }
                ]
            },
            "closes is not after opens",
        ),
        (IDP | {"cvrs": "all"}, "cvrs"),
        (IDP | {"cvrs": ["2919"]}, "eight digits"),
        (IDP | {"skew": 301}, "0 to 300"),
        (IDP | {"skew": True}, "0 to 300"),
        (IDP | {"identity_types": ["Robot"]}, "Person, Professional"),
        (IDP | {"entity_id": 7}, "entity_id"),
        (IDP | {"federations": "sundhed"}, "federations"),
        ({"kind": "mapping"}, "service"),
        ({"kind": "sevice"}, "kind is none of"),
        ({"kind": "federation", "environment": [{"path": "static"}]}, "path is one of"),
        ({"kind": "federation", "environment": ["production"]}, "environment 1"),
    ],
)
def test_a_mistake_is_named_with_its_file(
    installation: Installation, document: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused) as refused:
        installation.document(document, "services/mistake.toml")
    assert "services/mistake.toml" in refused.value.detail
    assert words in refused.value.detail
    assert installation.service.entities() == []


def test_toml_that_is_none_names_the_line() -> None:
    with pytest.raises(Refused, match=r"mistake\.toml: .*line 2"):
        seed.read_toml(b'kind = "idp"\ncode = \n', "mistake.toml")


def test_a_folder_tells_the_kind_where_the_document_does_not() -> None:
    assert seed.read_toml(b'code = "x"', "metadata/services/x.toml")["kind"] == "service"
    assert seed.read_toml(b'kind = "idp"', "metadata/services/x.toml")["kind"] == "idp"
    assert "kind" not in seed.read_toml(b'code = "x"', "x.toml")
