"""Guards of what decrypts, each asked alone with something that would open without it."""

import base64
from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from broker.errors import Refused
from broker.saml import encryption, names, profiles
from broker.saml.xml import Element
from tests.factories import decryption_key, key_pair

DS, XENC, XENC11 = f"{{{names.DS}}}", f"{{{names.XENC}}}", f"{{{names.XENC11}}}"
VALUE, DATA = f"{XENC}CipherValue", f"{XENC}CipherData"


def opened(change: Callable[[Element], None], inside: str = "") -> None:
    """Decrypt an EncryptedAssertion that was changed, or one with something else inside."""
    text = inside or f'<a:Assertion xmlns:a="{names.SAML}"/>'
    certificate = key_pair("broker")[1]
    holder = encryption.encrypt(etree.fromstring(text), certificate, profiles.STRONG)
    change(holder)
    encryption.decrypt(holder, [decryption_key("broker")], allow_cbc=False)


def nothing(_holder: Element) -> None:
    """As it was."""


def twice(holder: Element) -> None:
    holder.append(deepcopy(holder[0]))


def five_keys(holder: Element) -> None:
    (info,) = holder.iter(f"{{{names.DS}}}KeyInfo")
    for _ in range(encryption.MAX_ENCRYPTED_KEYS):
        info.append(deepcopy(info[0]))


def reference(number: int) -> Callable[[Element], None]:
    """The key's or the data's cipher text is somewhere else."""

    def change(holder: Element) -> None:
        value = list(holder.iter(f"{{{names.XENC}}}CipherValue"))[number]
        value.tag = f"{{{names.XENC}}}CipherReference"

    return change


def all_of(holder: Element, tag: str) -> list[Element]:
    return list(holder.iter(tag))


def again(tag: str, number: int = 0) -> Callable[[Element], None]:
    """One part of it twice."""
    return lambda holder: all_of(holder, tag)[number].addnext(deepcopy(all_of(holder, tag)[number]))


def of_key(*tags: str, algorithm: str = names.SHA1) -> Callable[[Element], None]:
    """The key is wrapped as before, and its method says more."""

    def change(holder: Element) -> None:
        (key,) = all_of(holder, f"{XENC}EncryptedKey")
        method = key.find(f"{XENC}EncryptionMethod")
        assert method is not None
        for tag in tags:
            etree.SubElement(method, tag).set("Algorithm", algorithm)

    return change


def unknown(tag: str) -> Callable[[Element], None]:
    """The method names an algorithm that there is not."""

    def change(holder: Element) -> None:
        for found in all_of(holder, tag):
            found.getparent().remove(found)  # type: ignore[union-attr]  # it is in the key
        of_key(tag, algorithm="urn:x")(holder)

    return change


def beside(number: int) -> Callable[[Element], None]:
    """A reference beside the key's or the data's cipher text."""

    def change(holder: Element) -> None:
        etree.SubElement(all_of(holder, DATA)[number], f"{XENC}CipherReference").set("URI", "#x")

    return change


def of_another_length(holder: Element) -> None:
    """A key of 256 bits, of which the method says that it has 128."""
    all_of(holder, f"{XENC}EncryptionMethod")[0].set("Algorithm", names.AES128_GCM)


def only(length: int) -> Callable[[Element], None]:
    """So many bytes of the data and no more."""

    def change(holder: Element) -> None:
        value = all_of(holder, VALUE)[-1]
        value.text = base64.b64encode(base64.b64decode(value.text or "")[:length]).decode()

    return change


ROWS: list[tuple[str, Callable[[Element], None]]] = [
    ("two encrypted data", twice),
    ("five encrypted keys", five_keys),
    ("a key that is elsewhere", reference(0)),
    ("data that are elsewhere", reference(1)),
    ("two values of a key", again(VALUE)),
    ("two values of the data", again(VALUE, -1)),
    ("two cipher data", again(DATA, -1)),
    ("two cipher data of a key", again(DATA)),
    ("a reference beside the value", beside(-1)),
    ("a reference beside the value of a key", beside(0)),
    ("two digests", of_key(f"{DS}DigestMethod", f"{DS}DigestMethod")),
    ("two masks", of_key(f"{XENC11}MGF", f"{XENC11}MGF", algorithm=names.MGF1_SHA1)),
    ("a label", of_key(f"{XENC}OAEPparams")),
    ("an unknown digest", unknown(f"{DS}DigestMethod")),
    ("an unknown mask", unknown(f"{XENC11}MGF")),
    ("a session key of another length", of_another_length),
    *((f"{length} bytes of data", only(length)) for length in (0, 7, 8, 11, 12, 27, 28)),
    ("two methods", again(f"{XENC}EncryptionMethod")),
]


@pytest.mark.parametrize("change", [r[1] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_not_opened(change: Callable[[Element], None]) -> None:
    with pytest.raises(Refused) as refused:
        opened(change)
    assert refused.value.code == "signature.encryption"


def test_only_an_assertion_may_be_inside() -> None:
    opened(nothing)
    with pytest.raises(Refused) as refused:
        opened(nothing, "<x/>")
    assert refused.value.detail == "the plaintext is no assertion"
