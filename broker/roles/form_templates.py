"""How a role becomes one string and is read back: templates of four fields and plain text.

SEB Classic writes `<role>_<delimitation>_<n>`. Services cut that at the first underscore, so
that the name of the role has to come first and no field may hold an underscore.
"""

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{(role|urn|delimitation|cvr)\}")
# Nothing but these four fields: a format string could reach into the objects it is given.
_TEMPLATE = re.compile(r"(?:[^{}]|\{role\}|\{urn\}|\{delimitation\}|\{cvr\})*")
_CLASSIC = re.compile(r"\{(?:role|urn)\}_")


def fill(template: str, fields: Mapping[str, str]) -> str:
    """The text of a template with its fields put in; braces inside a field stay text."""
    return _FIELD.sub(lambda found: fields[found[1]], template)


def has_field(template: str, name: str) -> bool:
    """Whether a template says this field."""
    return f"{{{name}}}" in template


def read_classic(text: str, template: str, none: str = "0") -> dict[str, str] | None:
    """The fields of a text that this template could have written, or None.

    A field takes as little as it can, so that a cut is at the first separator. Without a
    delimitation there is no such field in the answer.
    """
    pattern, seen = "", set[str]()
    for index, part in enumerate(_FIELD.split(template)):
        if index % 2 == 0:
            pattern += re.escape(part)
        elif part in seen:
            pattern += f"(?P={part})"
        else:
            seen.add(part)
            pattern += f"(?P<{part}>.+?)"
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is None:
        return None
    return {
        name: value
        for name, value in found.groupdict().items()
        if name != "delimitation" or value != none
    }


def template_mistakes(template: str, *, classic: bool) -> list[str]:
    """What is wrong with a template, in words; empty where nothing is."""
    if not _TEMPLATE.fullmatch(template):
        return ["a template may hold {role}, {urn}, {delimitation}, {cvr} and plain text"]
    mistakes = []
    if not has_field(template, "role") and not has_field(template, "urn"):
        mistakes.append("a template without {role} and {urn} tells no role")
    if not template.isprintable() or template != template.strip():
        mistakes.append("a template with white space around it or a control character in it")
    if "}{" in template:
        mistakes.append("a template needs text between two fields, or nobody can part them")
    if classic and not _CLASSIC.match(template):
        mistakes.append("a classic template begins with {role}_ or {urn}_: services cut there")
    if classic and re.search(r"\}[^{}_]+\{", template):
        mistakes.append("a classic template has an underscore between two fields")
    return mistakes
