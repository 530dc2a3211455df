"""What is understood of an IdP and what follows from it, in pure functions that say what they did.

A trace line names attributes, rules and counts; never a value.
"""

import re
from collections.abc import Sequence

from broker.attributes.model import Claims
from broker.errors import NotAllowed
from broker.saml.assurance import Assurance
from broker.saml.messages import Attribute
from broker.saml.vocabulary import OF_THE_ASSERTION, SHORT_OF, SINGLE

_UID = re.compile(r"CVR:(?P<cvr>[0-9]{8})-RID:(?P<rid>[^\s-]{1,64})")
_SOR = re.compile(r"[0-9]{11,18}")
NIST_TWO_FACTOR = "3"
Trace = list[str]


def normalise(
    attributes: Sequence[Attribute],
    nist: Assurance | None,
    trace: Trace,
    allowed: frozenset[str] | None = None,
) -> Claims:
    """Attributes by whatever generation's names to claims by ours.

    An attribute that comes twice, or with several values where one belongs, is refused:
    two readers could choose differently. Of what is left, only what this IdP is `allowed` to
    speak of counts, where it is limited to something; version and level always do, for the
    level has a limit of its own. Raises NotAllowed("policy.attribute_duplicate").
    """
    values: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for attribute in attributes:
        if attribute.name in seen:
            raise NotAllowed("policy.attribute_duplicate", "an attribute that comes twice")
        seen.add(attribute.name)
        short = SHORT_OF.get(attribute.name)
        if short is None or not attribute.values:
            continue
        if short in values and values[short] != attribute.values:
            raise NotAllowed(
                "policy.attribute_duplicate", f"{short} in two generations that differ"
            )
        if short in SINGLE and len(attribute.values) > 1:
            raise NotAllowed("policy.attribute_duplicate", f"{short} with several values")
        values[short] = attribute.values
    _read_uid(values, trace)
    trace.append(f"normalise: {len(values)} of {len(seen)} attributes understood")
    if allowed is not None:
        for short in sorted(values.keys() - allowed - OF_THE_ASSERTION):
            del values[short]
            trace.append(f"normalise: {short} dropped, this IdP may not speak of it")
    return Claims(values, _assurance(values, nist, trace), _nist(values))


def _read_uid(values: dict[str, tuple[str, ...]], trace: Trace) -> None:
    """CVR and RID out of a Uid of OIOSAML 2; where something else says them, it says the same."""
    found = _UID.fullmatch(values.get("uid", ("",))[0])
    if not found:
        return
    for short in ("cvr", "rid"):
        if values.setdefault(short, (found[short],)) != (found[short],):
            raise NotAllowed("policy.attribute_duplicate", f"{short} and Uid differ")
    trace.append("normalise: CVR and RID compared with the Uid")


def _nist(values: dict[str, tuple[str, ...]]) -> int | None:
    number = values.get("nist", ("",))[0]
    return int(number) if number in ("1", "2", "3", "4") else None


def _assurance(
    values: dict[str, tuple[str, ...]], nist: Assurance | None, trace: Trace
) -> Assurance | None:
    if "loa" in values:
        return Assurance.from_word(values["loa"][0]) or Assurance.from_uri(values["loa"][0])
    if nist is not None and values.get("nist") == (NIST_TWO_FACTOR,):
        trace.append(f"assurance: AssuranceLevel 3 counts as {nist.word} for this IdP")
        return nist
    return None
