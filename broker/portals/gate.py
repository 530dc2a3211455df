"""The gate of the portals: who is there, what the page needs, and forms of our own only.

Flask-Login finds the person by the cookie. Flask-WTF checks the token of a form, which is made
of the cookie, so that no second cookie is needed and no other site can know it.
"""

import hashlib
import hmac
import logging

from flask import Flask, Request, Response, abort, request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from broker.db import reading, writing
from broker.errors import NotAllowed, Refused, Unknown
from broker.metadata.model import Federation
from broker.organisations.words import holds_cpr
from broker.portals.forms import typed_names
from broker.portals.office import Office
from broker.portals.permissions import Missing, Need, missing
from broker.portals.person import Person, person_of

PREFIX = "__Host-portal-"
_LOG = logging.getLogger("broker.portals")


class NotThere(Exception):
    """The person has to log in first, or more surely, before this page is theirs."""

    def __init__(self, federation: Federation, lacking: Missing | None) -> None:
        super().__init__("not there")
        self.federation = federation
        self.lacking = lacking  # None where nobody is signed in


class Gate:
    """Stands in front of every page of the portals."""

    def __init__(self, app: Flask, office: Office) -> None:
        self._office = office
        self._csrf = CSRFProtect()
        app.config.update(
            WTF_CSRF_SECRET_KEY=_digest(office.pseudonym, b"portal-forms"),
            WTF_CSRF_CHECK_DEFAULT=False,
            WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session that it is made of
            WTF_CSRF_SSL_STRICT=False,  # it reads Referer, which our pages do not send
        )
        app.session_interface = _Tokens(office.pseudonym)
        self._csrf.init_app(app)
        logins = LoginManager()
        logins.session_protection = None  # ours is a row; there is nothing in Flask's session
        logins.request_loader(self._load)
        logins.init_app(app)

    def federation(self, path: str) -> Federation:
        """The federation of an address; 404 where it has no portals."""
        try:
            found = self._office.registry.current().federation(path)
        except Unknown:
            abort(404)
        if not self._office.partner(found).key_path.exists():
            abort(404)
        return found

    def person(self) -> Person | None:
        """Whoever is signed in."""
        found = current_user._get_current_object()  # noqa: SLF001 # the way Flask has for it
        return found if isinstance(found, Person) else None

    def admit(self, path: str, need: Need) -> Person:
        """The person, where the page is theirs. Raises NotThere, or NotAllowed with the reason."""
        federation, person = self.federation(path), self.person()
        if person is None:
            raise NotThere(federation, None)
        lacking = missing(person, need)
        if lacking is not None:
            fields = {"code": lacking.code, "by": person.actor.by, "page": request.endpoint}
            _LOG.info("portal.refused", extra=fields)
            if lacking.remedy is not None:
                raise NotThere(federation, lacking)
            raise NotAllowed(lacking.code, "the page is not this person's")
        if request.method == "POST":
            self.ours()
            _no_cpr()
        return person

    def ours(self) -> None:
        """That a page of ours posted the form. Raises NotAllowed("portal.form")."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise NotAllowed("portal.form", "posted by another site")
        try:
            self._csrf.protect()
        except CSRFError as error:
            raise NotAllowed("portal.form", "without a token of this session") from error

    def _load(self, asked: Request) -> Person | None:
        path = str((asked.view_args or {}).get("federation", ""))
        cookie = asked.cookies.get(PREFIX + path)
        if not cookie:
            return None
        now, sessions = self._office.clock(), self._office.sessions
        federation = self.federation(path)
        with reading(self._office.engine) as connection:
            session = sessions.find(connection, path, cookie, now)
            if session is None:
                return None
            person = person_of(connection, session, federation, now)
        if sessions.due(session, now):
            with writing(self._office.engine) as connection:
                sessions.seen(connection, session, now)
        return person


class _Token(dict[str, object], SessionMixin):
    """What Flask takes for a session: the token of forms and nothing else, never written."""


class _Tokens(SessionInterface):
    def __init__(self, key: bytes) -> None:
        self._key = key

    def open_session(self, app: Flask, request: Request) -> _Token:
        """The token of this browser's portal session; without one, none that any form has."""
        del app
        path = request.path.split("/", 2)[1] if request.path.count("/") > 1 else ""
        cookie = request.cookies.get(PREFIX + path)
        if not cookie:
            return _Token()
        said = b"portal-form\0" + cookie.encode()
        return _Token(csrf_token=_digest(self._key, said))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept in the browser but the portal's own cookie."""


def _no_cpr() -> None:
    """That no field holds a CPR number whose name no form of the portals has.

    What a form's own fields hold is said beside them, and what was typed is kept. A view that
    reads a field of such a name without its form looks itself. Raises Refused("input.cpr").
    """
    held = {
        name
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and holds_cpr(value, p_numbers=name.endswith("-pnumber"))
    }
    if held and held - typed_names():
        raise Refused("input.cpr", "in a field that no form looks at")


def _digest(key: bytes, said: bytes) -> str:
    return hmac.new(key, said, hashlib.sha256).hexdigest()
