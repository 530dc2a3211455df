"""A flight told in words: what was asked, each step in order, and what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from broker.audit.flights.model import CHOOSE, OK, Flight
from broker.errors import Unknown
from broker.metadata.registry import Registry
from broker.portals.operator.check_words import CHECKS, HOPS, HOW
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.reasons import REASONS
from broker.saml.entities import Localised
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.texts import Explanation, explain

Said = Text | Localised | str


@dataclass(frozen=True, slots=True)
class RoleTold:
    """A role that was issued, or was not, with where it comes from or why not."""

    name: Said
    urn: str
    origin: str = ""
    kind: str = ""
    units: tuple[str, ...] = ()
    why: Said | None = None
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of a login."""

    title: Said
    state: str  # done, stopped
    at: datetime | None = None
    facts: tuple[Said, ...] = ()
    checks: tuple[Said, ...] = ()
    trace: tuple[str, ...] = ()  # in the words of the log
    roles: tuple[RoleTold, ...] = ()
    left: tuple[RoleTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The whole of it."""

    flight: Flight
    service: Said
    idp: Said | None
    ending: Said
    explanation: Explanation | None
    legs: tuple[Leg, ...]
    detail: str = ""
    level: str = ""
    shadow: tuple[RoleTold, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells flights of one federation with the names that things have now."""

    registry: Registry
    catalogue: Catalogue
    federation: str

    def tell(self, flight: Flight) -> Told:
        """All of a flight."""
        story = flight.story
        return Told(
            flight=flight,
            service=self.service(flight.service),
            idp=self.idp(flight.idp) if flight.idp else None,
            ending=ending(flight),
            explanation=None if flight.well else explain(flight.code),
            legs=tuple(self._legs(flight)),
            detail=_text(story.get("detail")),
            level=_text(story.get("level")),
            shadow=tuple(self._roles(story.get("shadow"))),
        )

    def service(self, code: str | None) -> Said:
        """What a service is called; its code where it is there no more."""
        try:
            return self.registry.service_by_code(self.federation, code or "").name
        except Unknown:
            return code or "–"

    def idp(self, code: str | None) -> Said:
        """What a login is called, in the same way."""
        try:
            return self.registry.idp_by_code(self.federation, code or "").name
        except Unknown:
            return code or "–"

    def _legs(self, flight: Flight) -> Iterator[Leg]:
        story = flight.story
        hops = [hop for hop in _list(story.get("hops")) if isinstance(hop, Mapping)]
        asked = story.get("asked")
        if isinstance(asked, Mapping):
            done = next((hop for hop in hops if hop.get("name") == "sp_request"), None)
            checks = _strings(done.get("checks")) if done else ()
            yield Leg(
                _("The service asked for a login")
                if asked.get("solicited")
                else _("A login began without a request"),
                "done",
                _moment(asked.get("at")),
                tuple(self._wishes(asked)),
                tuple(CHECKS[one] for one in checks if one in CHECKS),
            )
        for made in _list(story.get("tries")):
            if isinstance(made, Mapping):
                how = HOW.get(_text(made.get("how")))
                yield Leg(
                    _("The person was sent to the login"),
                    "done",
                    _moment(made.get("at")),
                    (self.idp(_text(made.get("idp"))), *([how] if how else [])),
                )
        for hop in hops:
            if hop.get("name") != "sp_request" or not isinstance(asked, Mapping):
                yield self._hop(hop, story)
            policy = _strings(story.get("policy"))
            if policy and hop.get("name") in ("idp_response", "session"):
                passed = tuple(CHECKS[one] for one in policy if one in CHECKS)
                yield Leg(HOPS["policy"], "done", checks=passed)
        stopped = any(hop.get("code") for hop in hops)
        if not flight.well and not stopped:
            name = HOPS.get(_text(story.get("hop")), _("A step of the login"))
            yield Leg(name, "stopped", facts=(explain(flight.code).title,))

    def _wishes(self, asked: Mapping[object, object]) -> Iterator[Said]:
        if level := _text(asked.get("level")):
            yield Localised(f"Mindst niveau {level}", f"At least level {level}")
        if asked.get("force"):
            yield _("A new login was demanded, whoever was logged in already.")
        if asked.get("passive"):
            yield _("No page was to be shown.")
        for code in _strings(asked.get("idps")):
            name = self.idp(code)
            da, en = (name.da, name.en) if isinstance(name, Localised) else (code, code)
            yield Localised(f"Kun gennem {da}", f"Only through {en}")
        if epoch := _text(asked.get("endpoint")):
            yield Localised(f"På adressen for nøglen {epoch}", f"At the address of key {epoch}")

    def _hop(self, hop: Mapping[object, object], story: Mapping[str, object]) -> Leg:
        name, code = _text(hop.get("name")), _text(hop.get("code"))
        said = _strings(hop.get("checks"))
        facts: list[Said] = []
        if code:
            facts.append(explain(code).title)
        if name == "mapping" and "roles" in story:
            if cvr := _text(story.get("organisation")):
                facts.append(Localised(f"Organisation: CVR {cvr}", f"Organisation: CVR {cvr}"))
            if version := story.get("mapping"):
                facts.append(
                    Localised(f"Mapping, version {version}", f"Mapping, version {version}")
                )
        mapped = name == "mapping"
        return Leg(
            HOPS.get(name, name),
            "stopped" if code else "done",
            None,
            tuple(facts),
            tuple(CHECKS[one] for one in said if one in CHECKS),
            tuple(one for one in said if one not in CHECKS),
            tuple(self._roles(story.get("roles"))) if mapped else (),
            tuple(self._roles(story.get("left"))) if mapped else (),
        )

    def _roles(self, found: object) -> Iterable[RoleTold]:
        for one in _list(found):
            if not isinstance(one, Mapping):
                continue
            urn, code = _text(one.get("role")), _text(one.get("code"))
            known = self.catalogue.role_by_urn(self.federation, urn) if urn else None
            named = known.versions[-1].name if known and known.versions else None
            yield RoleTold(
                name=named or urn or _text(one.get("detail")) or "–",
                urn=urn,
                origin=_text(one.get("name")),
                kind=_text(one.get("kind")),
                units=tuple(_strings(one.get("units"))),
                why=REASONS.get(code) if code else None,
                code=code,
                detail=_text(one.get("detail")) if urn else "",
            )


def ending(flight: Flight) -> Said:
    """How it ended, in one line."""
    if flight.code == OK:
        if flight.story.get("how") == "session":
            return _("Let in, by a login that was open already")
        return _("Let in")
    if flight.code == CHOOSE:
        return _("Logged in, and asked for which organisation")
    return explain(flight.code).title


def _list(found: object) -> Sequence[object]:
    return found if isinstance(found, list | tuple) else ()


def _strings(found: object) -> tuple[str, ...]:
    return tuple(one for one in _list(found) if isinstance(one, str))


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""


def _moment(found: object) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(found))
    except ValueError:
        return None
