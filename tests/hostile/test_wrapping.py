"""A: signature wrapping and exclusion. A genuine signed part is always there, and never enough."""

from collections.abc import Callable

import pytest
from lxml import etree

from broker.saml.xml import Element
from tests.hostile import wrapping as w
from tests.hostile.conftest import Scene
from tests.hostile.forge import Forge

ROWS: list[tuple[str, Callable[[Forge], Element], str]] = [
    ("A01 no signature", w.no_signature, "signature.missing"),
    ("A02 XSW1", w.xsw1, "signature.assertion_count"),
    ("A03 XSW2", w.xsw2, "malformed.schema"),
    ("A04 XSW3", w.xsw3, "signature.assertion_count"),
    ("A05 XSW4", w.xsw4, "malformed.schema"),
    ("A06 XSW5", w.xsw5, "signature.assertion_count"),
    ("A07 XSW6", w.xsw6, "malformed.schema"),
    ("A08 XSW7", w.xsw7, "signature.assertion_count"),
    ("A09 XSW8", w.xsw8, "signature.assertion_count"),
    ("A10 two SignedInfo", w.two_signed_infos, "malformed.schema"),
    ("A11 evil after genuine", w.evil_after, "signature.assertion_count"),
    ("A12 hidden in StatusDetail", w.hidden_in_status_detail, "signature.assertion_count"),
    ("A13 hidden in Advice", w.hidden_in_advice, "signature.assertion_count"),
    ("A13 hidden in an attribute", w.hidden_in_attribute, "signature.assertion_count"),
    ("A14 two signatures", w.two_signatures, "malformed.schema"),
    ("A14 two signatures on the Response", w.two_response_signatures, "malformed.schema"),
    ("A15 signature in Issuer", w.signature_in_issuer, "malformed.schema"),
    ("A16 duplicate ID, evil first", w.duplicate_id_evil_first, "malformed.id_duplicate"),
    ("A16 duplicate ID, evil last", w.duplicate_id_evil_last, "malformed.id_duplicate"),
    ("A17 two signed assertions", w.two_signed_assertions, "signature.assertion_count"),
    ("A18 encrypted twin", w.encrypted_twin, "signature.assertion_count"),
    ("A18 plain twin", w.plain_twin, "signature.assertion_count"),
    ("A18 two encrypted", w.two_encrypted, "signature.assertion_count"),
    ("A18 wrapping inside encryption", w.encrypted_wrapping, "signature.assertion_count"),
    ("A19 encrypted but unsigned", w.encrypted_but_unsigned, "signature.missing"),
    ("A20 signature moved up", w.signature_moved_up, "signature.reference"),
    ("A21 manifest", w.manifest, "malformed.schema"),
    ("B11 signature of another document", w.of_another_document, "signature.reference"),
    ("B11 and its identifier", w.of_another_document_by_its_id, "signature.invalid"),
    ("B05 changed after signing", w.changed_after_signing, "signature.invalid"),
]


@pytest.mark.parametrize(("build", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_refused_and_an_honest_answer_still_counts(
    scene: Scene, build: Callable[[Forge], Element], code: str
) -> None:
    forge = scene.at("legacy")
    scene.refused(etree.tostring(build(forge)), code)
    scene.accepted(forge.xml())
