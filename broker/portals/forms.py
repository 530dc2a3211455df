"""Forms: kept input, faults that say what to do, and what somebody else changed meanwhile.

Labels and faults are `Text`, so that they are written in the language of the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from broker.errors import BrokerError, Refused
from broker.organisations.words import document_holds_cpr, holds_cpr
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.texts import explain

# Fields come from here, so that what WTForms has no types for is met in one place.
__all__ = [
    "BooleanField",
    "Change",
    "Field",
    "FileField",
    "Form",
    "HiddenField",
    "IntegerField",
    "Needed",
    "RadioField",
    "SelectField",
    "SelectMultipleField",
    "Short",
    "StopValidation",
    "StringField",
    "TextAreaField",
    "choice",
]

MAX_LINE, MAX_TEXT = 200, 2000


class Field(Protocol):
    """What a field of WTForms has that we use."""

    name: str
    data: object
    errors: list[object]


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF knows no types
    """A form of the portals. `version` is what its page was made of; see `changed`.

    Whatever is typed into any of its fields holds no CPR number; those are kept nowhere.
    """

    version = HiddenField()

    def sent(self) -> bool:
        """Whether it was posted and everything in it is right. The gate has checked its token."""
        return request.method == "POST" and bool(self.validate())

    def validate(self, extra_validators: object = None) -> bool:
        """What the fields say, and of a CPR number nothing but that it is one."""
        fine = bool(super().validate(extra_validators))
        held = [one for one in self if is_typed(type(one)) and _held(type(one), one.data)]
        for field in held:
            explanation = explain("input.cpr")
            field.errors = [f"{explanation.title}. {explanation.what}"]
        return fine and not held

    def faults(self) -> Iterator[tuple[str, object]]:
        """What is wrong, field by field, for the summary at the top; the form's own come first."""
        for fault in self.form_errors:
            yield "", fault
        for name, found in self.errors.items():
            if name:  # the form’s own stand there too, under no name
                for fault in found:
                    yield name, fault

    def refuse(self, error: BrokerError, *, field: str | None = None) -> None:
        """Say in the form what a service said no to, so that what was typed is kept."""
        explanation = explain(error.code)
        words = f"{explanation.title}. {explanation.what}"
        if field is None:
            self.form_errors.append(words)
        else:
            self[field].errors = [*self[field].errors, words]

    def changed(self, now: Mapping[str, object], version: str) -> tuple["Change", ...]:
        """What somebody else changed since the page was made, where they did; else nothing.

        `now` is what is kept now, by field; `version` is its version, such as the instant since
        when it is so. Show the page again with these: what was typed is kept, nothing is
        overwritten, and the next time the form is sent it is on top of what it says now.
        """
        if request.method != "POST" or self.version.data == version:
            return ()
        self.version.data = version
        typed = {name: self[name].data for name in now if name in self}
        return tuple(
            Change(self[name].label.text, value, typed[name])
            for name, value in now.items()
            if name in typed
        )


def is_typed(kind: type) -> bool:
    """Whether people write into such a field; what is hidden in a page is an id of ours."""
    return issubclass(kind, StringField) and not issubclass(kind, HiddenField)


class DocumentField(TextAreaField):  # type: ignore[misc]  # WTForms ships no types, and its stubs take no lazy label
    """Metadata, pasted."""


def _held(kind: type, data: object) -> bool:
    look = document_holds_cpr if issubclass(kind, DocumentField) else holds_cpr
    return look(str(data or ""))


def typed_names(kind: type[Form] = Form) -> frozenset[str]:
    """The fields of every form that people write into, which their own form looks at."""
    found = {n for n, one in vars(kind).items() if is_typed(getattr(one, "field_class", object))}
    return frozenset(found).union(*map(typed_names, kind.__subclasses__()))


def without_cpr(document: bytes) -> bytes:
    """A document that came as a file or from an address. Raises Refused("input.cpr")."""
    if document_holds_cpr(document.decode("utf-8", "replace")):
        raise Refused("input.cpr", "in a document")
    return document


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what somebody else made of it, and what was typed here."""

    label: object
    now: object
    typed: object


def choice(value: str, label: Text | str) -> object:
    """One of the choices of a RadioField, SelectField or SelectMultipleField."""
    return SelectChoice(value, label)


class Needed:
    """A validator: something must be there. `words` say what to write."""

    field_flags: Mapping[str, bool] = {"required": True}

    def __init__(self, words: Text) -> None:
        self.words = words

    def __call__(self, form: object, field: Field) -> None:
        """Refuse an empty field."""
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(self.words)


class Short:
    """A validator: no longer than this many characters."""

    def __init__(self, most: int = MAX_LINE) -> None:
        self.most = most

    def __call__(self, form: object, field: Field) -> None:
        """Refuse a long one."""
        if isinstance(field.data, str) and len(field.data) > self.most:
            raise ValidationError(_("Write less: it is too long"))
