"""The peers of the box, loaded as an operator would load them."""

from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.saml import names
from broker.saml.assurance import Assurance
from tests.factories import key_pair
from tests.peers import idp_metadata, sp_metadata


def load_peers(service: MetadataService, occasion: Occasion) -> None:
    """Three identity providers and two services, as `tests.box` says."""
    idps: list[tuple[str, LoadOptions, dict[str, object]]] = [
        ("alpha", LoadOptions(code="alpha", cvrs="any", maximum=Assurance.HIGH), {}),
        ("beta", LoadOptions(code="beta", cvrs=("90000098",)), {}),
        (
            "legacy",
            LoadOptions(code="legacy", cvrs="any", encrypted=False),
            {
                "profile": "oiosaml-2",
                "nist": "Substantial",
                "allow_cbc": True,
                "encrypted": False,
            },
        ),
    ]
    for name, options, extra in idps:
        raw = idp_metadata(f"https://{name}.example.dk", key_pair(name)[1])
        _loaded(service, raw, options, occasion)
        if extra:
            document: dict[str, object] = {
                "kind": "idp",
                "code": name,
                "name": {"da": name, "en": name},
                "maximum": "Substantial",
                "cvrs": "any",
                **extra,
            }
            service.load_document(document, source="box", occasion=occasion)
    for name in ("one", "two"):
        raw = sp_metadata(f"https://{name}.example.dk", key_pair(name)[1])
        _loaded(service, raw, LoadOptions(code=name, idps=("all",)), occasion)


def _loaded(service: MetadataService, raw: bytes, options: LoadOptions, occasion: Occasion) -> None:
    report = service.load_xml(
        raw, federation="sundhed", source="box", options=options, occasion=occasion
    )
    assert not report.refused, report
    assert names.MD in raw.decode()
