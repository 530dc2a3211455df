"""Whether an operator's words may be sent: they can be written, and hold nothing that must not."""

import re

from broker.audit.masking import MASK, cleaned
from broker.errors import Refused
from broker.mail.kinds import KINDS, told
from broker.mail.templates import Templates, Words
from broker.mail.wording.model import PARTS, Texts

_LONGEST = {"subject_da": 300, "subject_en": 300, "body_da": 12_000, "body_en": 12_000}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def placeholders(kind: str, origin: str) -> tuple[str, ...]:
    """What may stand in double braces in a mail of a kind."""
    return tuple(sorted({*told(KINDS[kind].example, "en", origin), "origin"}))


def check(templates: Templates, kind: str, texts: Texts) -> dict[str, Words]:
    """What they would say of the example, by language.

    Raises Refused("mail.template") with the part and what is wrong, ("mail.cpr"), ("mail.links").
    """
    for name in PARTS:
        said: str = getattr(texts, name)
        if not said.strip():
            raise Refused("mail.template", f"{name}: empty")
        if len(said) > _LONGEST[name]:
            raise Refused("mail.template", f"{name}: longer than {_LONGEST[name]} characters")
        if any(MASK in cleaned(line) for line in said.splitlines()):
            raise Refused("mail.cpr", name)
    written: dict[str, Words] = {}
    for language in ("da", "en"):
        try:
            found = templates.tried(kind, texts.source, language)
        except Exception as error:  # noqa: BLE001 # any error is the template's, and is told
            words = str(error).partition("\n")[0] or type(error).__name__
            raise Refused("mail.template", f"{language}: {cleaned(words)}") from None
        for address in _ADDRESS.findall(f"{found.subject}\n{found.body}"):
            if address != templates.origin and not address.startswith(f"{templates.origin}/"):
                raise Refused("mail.links", cleaned(address))
        written[language] = found
    return written
