"""What a mapping lists: each attribute that leaves, under which name, and for which purpose."""

from collections.abc import Iterable

from broker.attributes.model import ReleaseRule
from broker.metadata.documents import Table
from broker.saml import names
from broker.saml.vocabulary import OIO3_OF

FORMATS: dict[str, str | None] = {"uri": names.ATTR_URI, "basic": names.ATTR_BASIC}
LONGEST_NAME = 256  # characters of an attribute's name


def read_releases(
    tables: Iterable[Table], known: frozenset[str], *, motives: bool
) -> tuple[ReleaseRule, ...]:
    """The [[release]] entries of a document, in order.

    `motives` demands one of each. Raises Refused("metadata.document") that names the entry,
    the key, and what to write.
    """
    rules: list[ReleaseRule] = []
    seen: set[tuple[str, str | None]] = set()
    for table in tables:
        rule = _read(table, known, motives=motives)
        if (rule.source, rule.name) in seen:
            raise table.wrong("source", f"{rule.source} is listed under that name already")
        seen.add((rule.source, rule.name))
        rules.append(rule)
    return tuple(rules)


def _read(table: Table, known: frozenset[str], *, motives: bool) -> ReleaseRule:
    source = table.text("source", "")
    if source not in known:
        raise table.wrong("source", f"{source!r} is neither an attribute nor written by a step")
    name = table.optional("name")
    if name is None and source not in OIO3_OF:
        raise table.wrong("name", f"is missing: no profile has a name for {source}")
    if name is not None and (len(name) > LONGEST_NAME or not name.isprintable()):
        raise table.wrong("name", f"is no printable text of at most {LONGEST_NAME} characters")
    if motives and not table.has("motive"):
        words = 'is missing: say why the service may have it, { da = "…", en = "…" }'
        raise table.wrong("motive", words)
    required = table.flag("required", default=False)
    if table.has("if_missing") and not required:
        raise table.wrong("if_missing", "belongs to required = true")
    rule = ReleaseRule(
        source=source,
        name=name,
        name_format=table.choice("format", FORMATS, None),
        friendly_name=table.optional("friendly_name"),
        motive=table.localised("motive") if table.has("motive") else None,
        required=required,
        omit=table.choice("if_missing", {"refuse": False, "omit": True}, default=False),
    )
    table.done()
    return rule
