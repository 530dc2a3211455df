"""Danish or English: which one this request gets, and texts that wait for it.

`?lang=` decides and is remembered in a cookie; then the cookie, then Accept-Language, then
Danish. This is the only module that speaks to Flask-Babel.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, Response, g, request
from flask_babel import (
    Babel,
    force_locale,
    format_datetime,
    get_locale,
    gettext,
)

from broker.saml.entities import Language, Localised

LANGUAGES: tuple[Language, ...] = ("da", "en")
COOKIE = "lang"
COOKIE_LIFE = 365 * 24 * 3600
TRANSLATIONS = Path(__file__).parent / "translations"
TIME_ZONE = "Europe/Copenhagen"


@dataclass(frozen=True, slots=True)
class Text:
    """An English text that becomes Danish or English when it is rendered, not before."""

    english: str

    def __str__(self) -> str:
        return str(gettext(self.english))


def language() -> Language:
    """The language of this request."""
    kept: Language | None = g.get("language")
    if kept is None:
        g.language = kept = (
            _known(request.args.get("lang"))
            or _known(request.cookies.get(COOKIE))
            or _accepted()
            or "da"
        )
    return kept


def speaking() -> Language:
    """The language being written right now; another than `language()` inside `in_other()`."""
    return _known(str(get_locale())) or "da"


def other() -> Language:
    """The language that is not being written right now."""
    return "en" if speaking() == "da" else "da"


def in_other(write: Callable[[], str]) -> str:
    """What a template's macro writes in the other language."""
    with force_locale(other()):
        return write()


def said(text: Localised | Text | str) -> str:
    """A text of whatever kind in the language being written."""
    return text.of(speaking()) if isinstance(text, Localised) else str(text)


def dated(at: datetime) -> str:
    """A date with its time in Denmark, in the language being written."""
    form = "d. MMMM y 'kl.' HH.mm" if speaking() == "da" else "d MMMM y 'at' HH:mm"
    return str(format_datetime(at, form))


def day(at: datetime) -> str:
    """A day in Denmark, in the language being written."""
    return str(format_datetime(at, "d. MMMM y" if speaking() == "da" else "d MMMM y"))


def last_day(until: datetime) -> str:
    """The last day of what ends at an instant: it ends at midnight after it."""
    return day(until - timedelta(seconds=1))


def install_languages(app: Flask, *, secure: bool) -> None:
    """Let this application answer in Danish and English, and remember an explicit choice."""
    Babel(
        app,
        default_locale="da",
        default_timezone=TIME_ZONE,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=language,
    )

    def remember(response: Response) -> Response:
        if chosen := _known(request.args.get("lang")):
            response.set_cookie(
                COOKIE,
                chosen,
                max_age=COOKIE_LIFE,
                path="/",
                secure=secure,
                httponly=True,
                samesite="Lax",
            )
        return response

    app.after_request(remember)


def _accepted() -> Language | None:
    """The first of our languages in Accept-Language; en-GB is English."""
    for tag, quality in request.accept_languages:
        if quality > 0 and (found := _known(tag.partition("-")[0].lower())):
            return found
    return None


def _known(code: str | None) -> Language | None:
    match code:
        case "da" | "en":
            return code
    return None
