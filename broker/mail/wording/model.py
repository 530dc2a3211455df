"""The words of one kind of mail, as an operator writes them, and a version of them."""

import re
from dataclasses import dataclass, fields
from datetime import datetime

from broker.resources import resource

PARTS = ("subject_da", "body_da", "subject_en", "body_en")
_BLOCK = r"{%-?\s*block\s+NAME\s*-?%}(.*?){%-?\s*endblock[^%]*%}"


@dataclass(frozen=True, slots=True)
class Texts:
    """Subject and body in both languages, with placeholders as templates have them."""

    subject_da: str
    body_da: str
    subject_en: str
    body_en: str

    @property
    def source(self) -> str:
        """The template that they make."""
        return "\n".join(
            f"{{% block {one.name} %}}\n{getattr(self, one.name)}\n{{% endblock %}}"
            for one in fields(self)
        )


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a kind: its texts, or the shipped ones again where there are none."""

    kind: str
    version: int
    at: datetime
    by: str
    reason: str
    texts: Texts | None


def shipped(kind: str) -> Texts:
    """The texts that come with the product."""
    source = (resource("templates/mail") / f"{kind}.txt").read_text(encoding="utf-8")
    return Texts(*(_part(source, name) for name in PARTS))


def _part(source: str, name: str) -> str:
    found = re.search(_BLOCK.replace("NAME", name), source, re.DOTALL)
    return found.group(1).strip("\n") if found else ""
