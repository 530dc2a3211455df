"""One way to save a form of a service: look for what others changed, check, keep."""

from collections.abc import Callable, Mapping

from flask import Response

from broker.errors import BrokerError
from broker.metadata.documents import Document
from broker.portals import shell
from broker.portals.forms import Change, Form
from broker.portals.owner.bench import Bench, Opened
from broker.portals.person import Person
from broker.registrations.model import Content
from broker.web.language import Text
from broker.web.language import Text as _

Show = Callable[[Form, tuple[Change, ...]], Response]


def save(
    bench: Bench,
    person: Person,
    opened: Opened,
    form: Form,
    kept: Mapping[str, object],
    made: Callable[[], Content],
    show: Show,
    back: str,
    why: str,
) -> Response:
    """Keep what `made` makes of the form and go back to a page, or show the form again.

    What `made` raises stands in the form, in its own words.
    """
    changes = form.changed(kept, opened.draft.version)
    if changes or not form.sent():
        return show(form, changes)
    try:
        content = made()
        bench.save(person, opened, content, opened.draft.version, why)
    except Wrong as wrong:
        wrong.into(form)
        return show(form, ())
    except BrokerError as error:
        form.refuse(error)
        return show(form, ())
    return shell.back(person, back, code=opened.code, done="saved")


class Picked(Form):
    """The form of a page that is made of a list: this holds its version and its faults."""


def save_picked(
    bench: Bench,
    person: Person,
    opened: Opened,
    made: Callable[[], Content],
    show: Callable[[Form], Response],
    back: str,
    why: str,
) -> Response:
    """The same for a list to pick from, of which nobody can be shown what others changed."""
    form = Picked()
    if form.version.data != opened.draft.version:
        form.version.data = opened.draft.version
        form.form_errors.append(
            _("Somebody else saved this service meanwhile. Look it over and send it again.")
        )
        return show(form)
    return save(bench, person, opened, form, {}, made, lambda f, _changes: show(f), back, why)


class Wrong(Exception):
    """A field that says what cannot be; `words` say what to write instead, `more` what else."""

    def __init__(self, field: str, words: Text | str, *more: "Wrong") -> None:
        super().__init__(field)
        self.field, self.words, self.more = field, words, more

    def into(self, form: Form) -> None:
        """Put the words at the field."""
        if self.field:
            form[self.field].errors = [self.words]
        else:
            form.form_errors.append(self.words)
        for other in self.more:
            other.into(form)


def table(value: object) -> Document:
    """A table of a document, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """What was typed, in one line."""
    return " ".join(str(value or "").split())
