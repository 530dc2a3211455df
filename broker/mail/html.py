"""The words of a mail as HTML, made of the text itself, so that the two never say different things.

Nothing is fetched when it is opened, and it links to our own host alone. Pure.
"""

import re
from html import escape
from itertools import pairwise
from urllib.parse import urlsplit

from broker.mail.model import Language

_WIDTH = 100  # at which the text is wrapped; see `templates`
_RULE = re.compile(r"-{8,}|\* \* \*")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
_BODY = (
    "font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5;"
    "color:#1a1a1a;max-width:40em;margin:0 auto;padding:16px"
)


def as_html(subject: str, body: str, language: Language, host: str) -> str:
    """A page of the text: paragraphs as they are, and our own addresses as links."""
    blocks = [block for block in re.split(r"\n{2,}", body.strip()) if block]
    written = "\n".join(_block(block, host) for block in blocks)
    lang = "da" if language == "both" else language
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>\n"
        f'<body style="{_BODY}">\n{written}\n</body></html>\n'
    )


def _block(block: str, host: str) -> str:
    if _RULE.fullmatch(block):
        return '<hr style="border:0;border-top:1px solid #c3ccd0;margin:24px 0">'
    lines = block.splitlines()
    written = _line(lines[0], host)
    for before, line in pairwise(lines):
        written += (" " if _wrapped(before, line) else "<br>") + _line(line.strip(), host)
    return f"<p>{written}</p>"


def _wrapped(before: str, line: str) -> bool:
    """Whether a line only goes on below because it was full."""
    first = line.split(maxsplit=1)[0] if line.strip() else ""
    return len(before) + 1 + len(first) > _WIDTH


def _line(line: str, host: str) -> str:
    """One line, with our own addresses as links and every other as the words they are."""
    written, at = "", 0
    for found in _ADDRESS.finditer(line):
        written += escape(line[at : found.start()])
        address = escape(found.group())
        ours = urlsplit(found.group()).hostname == host
        written += f'<a href="{address}">{address}</a>' if ours else address
        at = found.end()
    return written + escape(line[at:])
