"""The words of mails, from `templates/mail/` or from the operator's own folder.

A template is one file per kind with four blocks, `subject_da`, `body_da`, `subject_en` and
`body_en`; `footer.txt` says why the reader got the mail. The operator's folder may hold some of
the files or all of them. `broker check` tells what is wrong with them, and one that breaks
afterwards is passed over for ours: no words may undo what a mail tells about.
"""

import logging
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from broker.mail.facts import Facts
from broker.mail.kinds import KINDS, told
from broker.mail.model import Capacity, Language
from broker.resources import resource

LANGUAGES = ("da", "en")
FOOTER = "footer"
_DENMARK = ZoneInfo("Europe/Copenhagen")
_PATTERNS = {
    "da": "EEEE 'den' d. MMMM y 'kl.' HH.mm",
    "en": "EEEE d MMMM y 'at' HH:mm 'Danish time'",
}
_LONGEST_SUBJECT = 180
_WIDTH = 100
_BETWEEN = "-" * 64
_PARTED = "* * *"
_LOGGER = logging.getLogger("broker.mail")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says."""

    subject: str
    body: str


class Templates:
    """The words of an installation: ours, and in their place those of the operator."""

    def __init__(self, override: Path | None, origin: str) -> None:
        self.origin = origin
        self._ours = _environment(resource("templates/mail"))
        self._override = override
        self._theirs = _environment(override, resource("templates/mail")) if override else None

    def with_changed(self, sources: Mapping[str, str]) -> "Templates":
        """The same with templates in the place of some, by kind; these come first."""
        if not sources:
            return self
        made = Templates(self._override, self.origin)
        folders = [self._override] if self._override else []
        made._theirs = _environment(*folders, resource("templates/mail"), changed=sources)
        return made

    def tried(self, kind: str, source: str, language: Language) -> Words:
        """What a template would say of the kind's example. Raises whatever a template may."""
        made = _environment(resource("templates/mail"), changed={kind: source})
        return self._written(made, kind, KINDS[kind].example, "asked", language)

    def write(self, kind: str, facts: Facts, capacity: Capacity, language: Language) -> Words:
        """The words of a mail for a recipient, whatever state the operator's template is in."""
        return self._safely(
            kind, lambda words: self._written(words, kind, facts, capacity, language)
        )

    def gather(
        self,
        parts: Sequence[tuple[str, Facts]],
        around: tuple[str, Facts],
        capacity: Capacity,
        language: Language,
    ) -> Words:
        """Several mails in one, below the words of another kind; the footer stands once."""
        both = []
        for one in LANGUAGES if language == "both" else (language,):
            head, foot = self._part(*around, capacity, one)
            said = [self._part(kind, facts, capacity, one)[0] for kind, facts in parts]
            bodies = [head.body, *(f"{words.subject}\n\n{words.body}" for words in said), foot]
            both.append(Words(head.subject, f"\n\n{_PARTED}\n\n".join(bodies)))
        return _together(both)

    def _part(
        self, kind: str, facts: Facts, capacity: Capacity, language: str
    ) -> tuple[Words, str]:
        return self._safely(kind, lambda words: self._in(words, kind, facts, capacity, language))

    def _safely(self, kind: str, write: Callable[[ImmutableSandboxedEnvironment], _T]) -> _T:
        """What is written with the operator's words, or with ours where theirs are broken."""
        if self._theirs is not None:
            try:
                return write(self._theirs)
            except Exception as error:  # noqa: BLE001 # theirs may raise anything: ours is sent
                fields = {"kind": kind, "code": "mail.template", "error": type(error).__name__}
                _LOGGER.error("mail.template", extra=fields)
        return write(self._ours)

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the operator's templates: the file, and what in it."""
        if self._theirs is None or self._override is None:
            return
        known = {*KINDS, FOOTER}
        for path in sorted(self._override.glob("*")):
            if path.suffix != ".txt" or path.stem not in known:
                yield path.name, f"is no template; there are {', '.join(sorted(known))}"
                continue
            for kind in KINDS.values() if path.stem == FOOTER else [KINDS[path.stem]]:
                try:
                    self._written(self._theirs, kind.name, kind.example, "technical", "both")
                except Exception as error:  # noqa: BLE001 # any error is the template's, and is told
                    yield path.name, f"cannot be rendered: {str(error) or type(error).__name__}"
                    break

    def _written(
        self,
        environment: ImmutableSandboxedEnvironment,
        kind: str,
        facts: Facts,
        capacity: Capacity,
        language: Language,
    ) -> Words:
        both = []
        for one in LANGUAGES if language == "both" else (language,):
            words, foot = self._in(environment, kind, facts, capacity, one)
            both.append(Words(words.subject, f"{words.body}\n\n{foot}"))
        return _together(both)

    def _in(
        self,
        environment: ImmutableSandboxedEnvironment,
        kind: str,
        facts: Facts,
        capacity: Capacity,
        language: str,
    ) -> tuple[Words, str]:
        """What a mail says in one language, and its footer."""
        context: dict[str, object] = {
            **told(facts, language, self.origin),
            "language": language,
            "capacity": capacity,
            "origin": self.origin,
        }
        subject = _block(environment, kind, f"subject_{language}", context)
        body = _block(environment, kind, f"body_{language}", context)
        footer = _block(environment, FOOTER, f"body_{language}", context)
        line = " ".join(subject.split())[:_LONGEST_SUBJECT]
        if not line or not body.strip():
            raise ValueError(f"subject_{language} or body_{language} is empty")
        return Words(line, _tidied(body)), _tidied(footer)


def _together(both: Sequence[Words]) -> Words:
    """One mail in one language or in two."""
    subject = " / ".join(words.subject for words in both)
    body = f"\n\n{_BETWEEN}\n\n".join(words.body for words in both)
    note = "In English below.\n\n" if len(both) > 1 else ""
    return Words(subject, f"{note}{body}\n")


def _environment(
    *folders: Path, changed: Mapping[str, str] | None = None
) -> ImmutableSandboxedEnvironment:
    sources = {f"{kind}.txt": source for kind, source in (changed or {}).items()}
    files = FileSystemLoader([str(folder) for folder in folders])
    environment = ImmutableSandboxedEnvironment(  # plain text has nothing to escape
        loader=ChoiceLoader([DictLoader(sources), files]) if sources else files,
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(when=_when, fingerprint=_fingerprint)
    return environment


def _block(
    environment: ImmutableSandboxedEnvironment, name: str, block: str, context: dict[str, object]
) -> str:
    template = environment.get_template(f"{name}.txt")
    if block not in template.blocks:
        raise ValueError(f"the block {block} is missing")
    return "".join(template.blocks[block](template.new_context(context)))


@pass_context
def _when(context: Context, at: datetime) -> str:
    """An instant as people write it, on Danish clocks."""
    language = str(context["language"])
    return format_datetime(at, _PATTERNS[language], tzinfo=_DENMARK, locale=language)


def _fingerprint(digest: str) -> str:
    """A digest in groups, as people compare them."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8)).upper()


def _tidied(text: str) -> str:
    lines = re.sub(r"\n{3,}", "\n\n", text.strip()).splitlines()
    return "\n".join(map(_wrapped, lines))


def _wrapped(line: str) -> str:
    """A paragraph or a step, cut between words and below its number; addresses stay whole."""
    begins = re.match(r" *(\d+\. )?", line)
    return textwrap.fill(
        line,
        _WIDTH,
        subsequent_indent=" " * (begins.end() if begins else 0),
        break_long_words=False,
        break_on_hyphens=False,
    )
