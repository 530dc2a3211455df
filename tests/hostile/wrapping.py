"""A: signature wrapping and exclusion. A genuine signed part is always there, and never enough.

Notation as in the literature: R the Response, A the genuine signed assertion, E the evil
one that the attacker wants read.
"""

from copy import deepcopy

from lxml import etree

from broker.saml import names, signatures
from broker.saml.xml import Element
from tests.factories import signing_key
from tests.hostile.forge import NS, Forge

SIGNATURE = f"{{{names.DS}}}Signature"
ASSERTION = f"{{{names.SAML}}}Assertion"


def evil(forge: Forge, **change: object) -> Element:
    """An unsigned assertion about somebody else."""
    return forge.but(
        name_id="<a:NameID>administrator</a:NameID>", sign_assertion=False, **change
    ).assertion()


def genuine(forge: Forge) -> Element:
    """The genuine assertion, signed by the IdP."""
    return forge.but(encrypt=False).signed_assertion()


def signed_response(forge: Forge) -> Element:
    """A genuine Response, signed as a whole."""
    return forge.but(encrypt=False, sign_assertion=False, sign_response=True).tree()


def taken(element: Element, tag: str = SIGNATURE) -> Element:
    """A part of the element, cut out of it."""
    part = element.find(tag)
    assert part is not None
    element.remove(part)
    return part


def put_object(signature: Element, inside: Element) -> None:
    """A ds:Object in the signature, with something hidden in it."""
    etree.SubElement(signature, f"{{{names.DS}}}Object").append(inside)


def xsw1(forge: Forge) -> Element:
    """R_evil[S(R)[Object[R_genuine]]]."""
    original = signed_response(forge)
    signature = taken(original)
    root = forge.around(evil(forge))
    put_object(signature, original)
    root.insert(1, signature)
    return root


def xsw2(forge: Forge) -> Element:
    """R_evil[R_genuine, S(R)]: the original beside its detached signature."""
    original = signed_response(forge)
    signature = taken(original)
    root = forge.around(evil(forge))
    root.insert(1, signature)
    root.insert(1, original)
    return root


def xsw3(forge: Forge) -> Element:
    """R[E, A[S(A)]]."""
    return forge.around(evil(forge), genuine(forge))


def xsw4(forge: Forge) -> Element:
    """R[E[A[S(A)]]]."""
    outer = evil(forge)
    outer.append(genuine(forge))
    return forge.around(outer)


def xsw5(forge: Forge) -> Element:
    """R[E[S(A)], A]."""
    original, outer = genuine(forge), evil(forge)
    outer.insert(1, taken(original))
    return forge.around(outer, original)


def xsw6(forge: Forge) -> Element:
    """R[E[S(A)[A]]]."""
    original, outer = genuine(forge), evil(forge)
    signature = taken(original)
    signature.append(original)
    outer.insert(1, signature)
    return forge.around(outer)


def xsw7(forge: Forge) -> Element:
    """R[Extensions[E], A[S(A)]], and E borrows the genuine ID."""
    original = genuine(forge)
    root = forge.around(original)
    extensions = etree.Element(f"{{{names.SAMLP}}}Extensions")
    extensions.append(evil(forge))
    root.insert(1, extensions)
    return root


def xsw8(forge: Forge) -> Element:
    """R[E[S(A)[Object[A]]]]."""
    original, outer = genuine(forge), evil(forge)
    signature = taken(original)
    put_object(signature, original)
    outer.insert(1, signature)
    return forge.around(outer)


def evil_after(forge: Forge) -> Element:
    """R[A[S(A)], E]."""
    return forge.around(genuine(forge), evil(forge))


def two_signed_assertions(forge: Forge) -> Element:
    """R[A, A'], each properly signed."""
    return forge.around(genuine(forge), genuine(forge))


def hidden_in_status_detail(forge: Forge) -> Element:
    """R[Status[StatusDetail[A]], E[S(A)]]."""
    original, outer = genuine(forge), evil(forge)
    outer.insert(1, taken(original))
    root = forge.around(outer)
    status = root.find("p:Status", NS)
    assert status is not None
    etree.SubElement(status, f"{{{names.SAMLP}}}StatusDetail").append(original)
    return root


def hidden_in_advice(forge: Forge) -> Element:
    """R[E[S(A), Advice[A]]]."""
    original, outer = genuine(forge), evil(forge)
    outer.insert(1, taken(original))
    advice = etree.Element(f"{{{names.SAML}}}Advice")
    advice.append(original)
    conditions = outer.find("a:Conditions", NS)
    assert conditions is not None
    conditions.addnext(advice)
    return forge.around(outer)


def hidden_in_attribute(forge: Forge) -> Element:
    """R[E[S(A), AttributeStatement[AttributeValue[A]]]]."""
    original, outer = genuine(forge), evil(forge)
    outer.insert(1, taken(original))
    value = outer.find(".//a:AttributeValue", NS)
    assert value is not None
    value.append(original)
    return forge.around(outer)


def two_signatures(forge: Forge) -> Element:
    """A with a second signature beside its own."""
    assertion = genuine(forge)
    own = assertion.find(SIGNATURE)
    assert own is not None
    own.addnext(deepcopy(own))
    return forge.around(assertion)


def two_response_signatures(forge: Forge) -> Element:
    """R with two signatures."""
    root = signed_response(forge)
    own = root.find(SIGNATURE)
    assert own is not None
    own.addnext(deepcopy(own))
    return root


def signature_in_issuer(forge: Forge) -> Element:
    """A genuine signature hidden in Issuer, a fake one in the proper place."""
    original, outer = genuine(forge), evil(forge)
    issuer = outer.find("a:Issuer", NS)
    assert issuer is not None
    issuer.append(taken(original))
    signatures.sign(outer, signing_key("somebody-else"))
    return forge.around(outer)


def signature_moved_up(forge: Forge) -> Element:
    """S(A) in the place of the Response's signature."""
    assertion = genuine(forge)
    signature = taken(assertion)
    root = forge.around(assertion)
    root.insert(1, signature)
    return root


def duplicate_id_evil_first(forge: Forge) -> Element:
    """E with the genuine assertion's ID, before it."""
    original = genuine(forge)
    return forge.around(evil(forge, assertion_id=original.get("ID")), original)


def duplicate_id_evil_last(forge: Forge) -> Element:
    """E with the genuine assertion's ID, after it."""
    original = genuine(forge)
    return forge.around(original, evil(forge, assertion_id=original.get("ID")))


def no_signature(forge: Forge) -> Element:
    """Nothing signed anywhere."""
    return forge.around(evil(forge))


def encrypted_but_unsigned(forge: Forge) -> Element:
    """Encrypted to our public key, which anybody can do."""
    return forge.around(forge.sealed(evil(forge)))


def encrypted_twin(forge: Forge) -> Element:
    """A genuine encrypted assertion and an evil plain one."""
    return forge.around(forge.sealed(genuine(forge)), evil(forge))


def plain_twin(forge: Forge) -> Element:
    """A genuine plain assertion and an evil encrypted one."""
    return forge.around(genuine(forge), forge.sealed(evil(forge)))


def encrypted_wrapping(forge: Forge) -> Element:
    """The encrypted plaintext is E[S(A)[Object[A]]]."""
    return forge.around(forge.sealed(xsw8(forge)[-1]))


def two_encrypted(forge: Forge) -> Element:
    """Two genuine encrypted assertions."""
    return forge.around(forge.sealed(genuine(forge)), forge.sealed(genuine(forge)))


def two_signed_infos(forge: Forge) -> Element:
    """Two SignedInfo in one signature."""
    assertion = genuine(forge)
    info = assertion.find(f"{SIGNATURE}/ds:SignedInfo", NS)
    assert info is not None
    info.addnext(deepcopy(info))
    return forge.around(assertion)


def manifest(forge: Forge) -> Element:
    """A ds:Object with a Manifest inside a genuine signature."""
    assertion = genuine(forge)
    signature = assertion.find(SIGNATURE)
    assert signature is not None
    put_object(signature, etree.Element(f"{{{names.DS}}}Manifest"))
    return forge.around(assertion)


def changed_after_signing(forge: Forge) -> Element:
    """The genuine signature over a name that is no longer there."""
    assertion = genuine(forge)
    name = assertion.find("a:Subject/a:NameID", NS)
    assert name is not None
    name.text = "administrator"
    return forge.around(assertion)


def of_another_document(forge: Forge) -> Element:
    """The genuine signature of a failure that the IdP signed, on a forged assertion."""
    other = forge.around()
    signatures.sign(other, signing_key(forge.trip.idp))
    root = evil(forge)
    root.insert(1, taken(other))
    return forge.around(root)


def of_another_document_by_its_id(forge: Forge) -> Element:
    """The same, and the forged assertion has the other document's ID."""
    other = forge.around()
    signatures.sign(other, signing_key(forge.trip.idp))
    root = evil(forge, assertion_id=other.get("ID", ""))
    root.insert(1, taken(other))
    return forge.but(response_id="").around(root)
