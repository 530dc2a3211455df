"""The pipeline: a mapping read from its document, and the steps run in order."""

from collections.abc import Mapping as Map

from broker.attributes.listed import read_releases
from broker.attributes.model import Claims, Mapping, Released, ReleaseRule, Step
from broker.attributes.transforms.saying import without
from broker.attributes.transforms.table import read_steps
from broker.attributes.written import Told, release
from broker.errors import Refused, Unavailable
from broker.metadata.documents import Table
from broker.saml.messages import Attribute
from broker.saml.vocabulary import OIO3_OF

# Read here, or about whom the document is for; everything else must be read by somebody.
_READ_ELSEWHERE = ("kind", "service", "federations")
_DEFAULT_RELEASE = ("cvr", "org_name", "professional_uuid", "full_name")


def read_mapping(service: str, document: Map[str, object]) -> Mapping:
    """A Mapping from its TOML document; an empty document gives the plain default.

    Raises Unavailable("mapping.invalid") that names the rule, for a login whose mapping was
    broken by hand.
    """
    return _read(service, document, new=False)


def check_mapping(service: str, document: Map[str, object]) -> Mapping:
    """The same of a document that is about to be loaded, where every release has its motive.

    Raises Unavailable("mapping.invalid") that names the step or rule, the key, and what to write.
    """
    return _read(service, document, new=True)


def _read(service: str, document: Map[str, object], *, new: bool) -> Mapping:
    try:
        steps, listed = _steps_and_release(service, document, new=new)
    except Refused as refused:
        raise Unavailable("mapping.invalid", refused.detail) from None
    return Mapping(service, listed, steps)


def _steps_and_release(
    service: str, document: Map[str, object], *, new: bool
) -> tuple[tuple[Step, ...], tuple[ReleaseRule, ...]]:
    table = Table(service, document)
    for key in _READ_ELSEWHERE:
        table.take(key)
    known = frozenset(OIO3_OF)
    found = read_steps(table.tables("step"), known)
    known = known.union(*(step.writes for step in found))
    if not new and not table.has("release"):
        table.done()
        return found, tuple(ReleaseRule(short, None, None) for short in _DEFAULT_RELEASE)
    if not table.has("release"):
        raise table.wrong("release", "is missing: list what the service is told, or write []")
    listed = read_releases(table.tables("release"), known, motives=new)
    table.done()
    return found, listed


def run(
    claims: Claims, mapping: Mapping, told: Told, roles: tuple[Attribute, ...] = ()
) -> Released:
    """Steps and attributes for one service, with the trace of each.

    `roles` are attributes that tell roles, written already; they go out as they are, last.
    Raises NotAllowed("policy.required_attribute").
    """
    trace: list[str] = []
    if told.without_cpr and "cpr_number" in claims.values:
        claims = Claims(without(claims.values, "cpr_number"), claims.assurance, claims.nist)
        trace.append("release: no CPR number without encryption")
    mapped = transform(claims, mapping.steps, trace)
    return Released(release(mapped, mapping, told, trace, roles), tuple(trace))


def transform(claims: Claims, found: tuple[Step, ...], trace: list[str]) -> Claims:
    """The claims after each step in order; a step sees what those before it made."""
    for step in found:
        said: list[str] = []
        values = step.apply(claims, said.append)
        trace += [f"step {step.number} {step.name}: {line}" for line in said]
        claims = Claims(values, claims.assurance, claims.nist)
    return claims
