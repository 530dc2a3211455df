"""page(): a template inside the shell, with what every page of the portals shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, current_app, request, url_for

from broker.portals.forms import Form
from broker.portals.permissions import shows
from broker.portals.person import Person
from broker.portals.routes import Route, Section, endpoint
from broker.web import render
from broker.web.language import Text, other

SECTIONS = "broker.portals"  # where the application keeps them


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the breadcrumb; without an address it is the page itself."""

    name: Text | str
    href: str | None = None


def link(person: Person, route: str, **values: object) -> str:
    """The address of `section.route`, in the person's federation."""
    section, _, name = route.partition(".")
    where = f"portal.{endpoint(section, name)}"
    federation = person.federation.path
    return url_for(  # none of whose options a value may be
        where,
        _anchor=None,
        _method=None,
        _scheme=None,
        _external=None,
        federation=federation,
        **values,
    )


def sections() -> tuple[Section, ...]:
    """Those that this application has, in order."""
    found = current_app.extensions[SECTIONS]
    return tuple(found)


def page(
    template: str,
    person: Person,
    status: int = 200,
    *,
    crumbs: Sequence[Crumb] = (),
    notice: Text | str | None = None,
    form: Form | None = None,
    form_targets: bool = False,
    **context: object,
) -> Response:
    """A page of the portals. `crumbs` are the steps below the section; the last is the page.

    `notice` says what has just been done. `form` is the one that the page is about: where it was
    sent with faults, the title says so and the status is 400. `form_targets` where a form of it
    may end at another site, by whatever redirects (R6).
    """
    section = _section()
    faulty = form is not None and any(True for _fault in form.faults())
    if faulty and status == 200:
        status = 400
    shown: dict[str, object] = {
        "federation": person.federation,
        "person": person,
        "sections": [(s, _home(person, s), s is section) for s in sections() if s.shown_to(person)],
        "section": section,
        "menu": [
            (r, link(person, f"{section.code}.{r.name}"), _here(section, r))
            for r in section.menu(person)
        ]
        if section
        else [],
        "crumbs": _crumbs(person, section, crumbs),
        "notice": notice,
        "form": form,
        "faulty": faulty,
        "home": url_for("portal.home", federation=person.federation.path),
        "link": _linking(person),
        "switch": _switch(),
        "tidy": _tidy,
    }
    told = {**shown, **context}
    return render.page(template, status, form_targets=form_targets, context=told)


def back(person: Person, route: str, **values: object) -> Response:
    """On to a page after something was done, with a GET."""
    return render.go_to(link(person, route, **values))


def _linking(person: Person) -> Callable[..., str]:
    return lambda route, **values: link(person, route, **values)


def _home(person: Person, section: Section) -> str:
    return link(person, f"{section.code}.{section.routes[0].name}")


def _section() -> Section | None:
    asked = (request.endpoint or "").partition(".")[2].partition("_")[0]
    return next((section for section in sections() if section.code == asked), None)


def _here(section: Section, route: Route) -> bool:
    return request.endpoint == f"portal.{endpoint(section.code, route.name)}"


def _crumbs(person: Person, section: Section | None, steps: Sequence[Crumb]) -> tuple[Crumb, ...]:
    if section is None:
        return tuple(steps)
    if steps and not shows(person, section.routes[0].needs):
        return tuple(steps)  # whoever is invited into a team has no front page of it yet
    first = Crumb(section.name, _home(person, section) if steps else None)
    return (first, *steps)


def _switch() -> str | None:
    """This page in the other language; filters and the page of a list stay as they are."""
    if request.method not in ("GET", "HEAD"):
        return None
    kept = [(k, v) for k, v in request.args.items(multi=True) if k != "lang"]
    return "?" + urlencode([*kept, ("lang", other())])


def _tidy(**changes: object) -> str:
    """The query of this page with something changed; None takes it out."""
    said: Mapping[str, object] = {**request.args.to_dict(), **changes}
    return "?" + urlencode(
        {k: str(v) for k, v in said.items() if v not in (None, "") and k != "lang"}
    )
