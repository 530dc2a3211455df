"""What the shipped federations demand of certificates: said in their documents, not in code."""

import pytest

from broker.metadata import seed
from broker.metadata.decisions import federation_documents, read_federation
from broker.metadata.documents import Document

SHIPPED = [
    pytest.param(one, id=str(one["path"]))
    for name, document in seed.seeds("federations")
    for one in federation_documents(document, name)
]


@pytest.mark.parametrize("document", SHIPPED)
def test_production_refuses_test_certificates_and_says_so(document: Document) -> None:
    said = document["certificates"]
    assert isinstance(said, dict)
    production = document["environment"] == "production"
    assert said["test_certificates"] == ("refuse" if production else "allow")
    policy = read_federation(document, "https://broker.example.dk").certificates
    assert policy.allow_test is not production


def test_both_environments_are_shipped() -> None:
    found = {param.values[0]["environment"] for param in SHIPPED}  # type: ignore[index]  # a TOML document
    assert found == {"production", "test"}
