"""The front page of the demo's services: by federation and owner, each with its address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response

from broker.demo.sp import DemoSp
from broker.metadata.model import Federation
from broker.saml.entities import Localised
from broker.web.render import page

_SITE = {"name": Localised("Demoens tjenester", "Services of the demo"), "tone": "slate"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One service in the list, and where it begins in this federation."""

    code: str
    name: Localised
    url: str


def blueprint(federations: Sequence[Federation], sps: Mapping[str, DemoSp]) -> Blueprint:
    """The list of services, at the root of their site."""
    views = Blueprint("services", __name__)

    @views.get("/")
    def home() -> Response:
        found = [(one, by_owner(one.path, sps.values())) for one in federations]
        context = {"site": _SITE, "federations": [(one, owners) for one, owners in found if owners]}
        return page("demo/services.html", context=context)

    return views


def by_owner(path: str, sps: Collection[DemoSp]) -> list[tuple[str, list[Entry]]]:
    """The services of a federation under the names of their owners, both in order."""
    found: dict[str, list[Entry]] = {}
    for sp in sps:
        if path in sp.federations:
            at = "" if path == sp.federations[0] else f"login?federation={path}"
            found.setdefault(sp.owner, []).append(Entry(sp.code, sp.name, f"{sp.url}/{at}"))
    ordered = sorted(found.items())
    return [(owner, sorted(entries, key=lambda one: one.name.da)) for owner, entries in ordered]
