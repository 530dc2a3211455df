"""How the test login comes to be known in a test environment: key, metadata, document."""

from pathlib import Path

from broker.errors import Unavailable
from broker.metadata.defaults import LoadOptions
from broker.metadata.keyring import RSA_BITS, make_pair
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.trials.idp import NAME, TestIdp
from broker.trials.model import CODE


def register(
    service: MetadataService,
    federation: Federation,
    keys: Path,
    occasion: Occasion,
    *,
    bits: int = RSA_BITS,
) -> bool:
    """Register the test login of one test environment; doing it again is safe.

    Whether a key was made. Raises Refused("trial.not_here") for any other federation, and
    Unavailable("trial.registration") where it is refused.
    """
    idp = TestIdp(federation, keys)
    made = not idp.key_path.exists()
    if made:
        idp.key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        subject = (f"{federation.name.en} test login", federation.name.en)
        make_pair(idp.key_path, subject, occasion.at, bits)
    known = [one for one in service.entities(federation.path) if one.code == CODE]
    if not known:
        service.load_document(_document(idp), source=CODE, occasion=occasion)
    report = service.load_xml(
        idp.metadata(),
        federation=federation.path,
        source=CODE,
        options=LoadOptions(code=CODE, accept_key_change=True),
        occasion=occasion,
    )
    if report.refused:
        raise Unavailable("trial.registration", f"{federation.path}: the test login was refused")
    return made


def _document(idp: TestIdp) -> dict[str, object]:
    return {
        "kind": "idp",
        "code": CODE,
        "federations": [idp.federation.path],
        "entity_id": idp.entity_id,
        "name": {"da": NAME.da, "en": NAME.en},
        "maximum": "High",
        "cvrs": "any",
        "identity_types": ["Professional"],
        "order": 9000,
        "page": {
            "subline": {
                "da": "Kun til test: opdigtede personer",
                "en": "For tests alone: made-up people",
            }
        },
    }
