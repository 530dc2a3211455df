"""The walk: every page, as every kind of person, through real logins."""

from collections.abc import Iterator

import pytest
from flask import Flask

from broker.app import SECTIONS
from broker.organisations.model import MandateKind
from broker.portals.permissions import Need
from broker.portals.routes import Route, Section, endpoint
from broker.portals.views import OPEN, OWN
from tests.portals.conftest import opened
from tests.portals.visiting import KINDS, House, text

# What stands in an address where the walk puts something: nothing that is there.
NOWHERE = {"uuid": "00000000-0000-4000-8000-000000000000", "int": "999999", "default": "unknown"}
HELD: dict[str, frozenset[MandateKind]] = {
    "employee": frozenset(),
    "admin_elsewhere": frozenset({"org_admin"}),
    **{kind: frozenset({kind}) for kind in ("org_admin", "org_chief", "org_approver")},
    **{kind: frozenset({kind}) for kind in ("org_reader", "service_owner", "service_tech")},
    **{kind: frozenset({kind}) for kind in ("auditor", "operator")},
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One of its own: elsewhere people come by mandates that they do not have here."""
    with opened(tmp_path_factory.mktemp("walk") / "demo") as made:
        yield made


def sections(house: House) -> tuple[Section, ...]:
    found = house.demo.broker.extensions["broker.portals"]
    assert len(found) == len(SECTIONS) + 1  # and the one for tests
    return tuple(found)


def routes(house: House) -> list[tuple[Section, Route]]:
    return [(section, route) for section in sections(house) for route in section.routes]


def test_every_address_of_the_portals_has_a_need(house: House) -> None:
    app: Flask = house.demo.broker
    known = {f"portal.{endpoint(s.code, r.name)}" for s, r in routes(house)}
    known |= {f"portal.{name}" for name in (*OPEN, *OWN)}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/<federation>/portal"):
            assert rule.endpoint in known, rule.rule
    for _, route in routes(house):
        assert isinstance(route.needs, Need)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_page_lets_in_whom_it_is_for_and_nobody_else(house: House, kind: str) -> None:
    person = house.enter(kind)
    for section, route in routes(house):
        need = route.needs
        if "GET" not in route.methods:
            continue
        page = person.open(f"{section.code}/{_filled(route)}", follow=False)
        theirs = not need.actions or bool(HELD[kind] & need.kinds)
        where = f"{kind} at {page.url}"
        if not theirs:
            assert (page.status, page.mark("code")) == (403, "permission.mandate"), where
        elif need.fresh:
            assert page.mark("code") in (None, "portal.fresh") or page.status == 404, where
        else:
            assert page.status in (200, 404), where
            assert page.status == 200 or "<" in route.path, where


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_form_is_taken_without_its_token(house: House, kind: str) -> None:
    person = house.enter(kind)
    for section, route in routes(house):
        if "POST" in route.methods:
            page = person.post(f"{section.code}/{_filled(route)}", {})
            assert page.mark("code") in ("portal.form", "permission.mandate", "portal.fresh")


def test_nobody_is_shown_anything_without_a_login(house: House) -> None:
    client = house.demo.broker.test_client()
    for section, route in routes(house):
        path = f"/sundhed/portal/{section.code}/{_filled(route)}"
        if "GET" in route.methods:
            answer = client.get(path, base_url=house.demo.ports.origin)
            assert answer.status_code == 303, path
            assert "/portal/login?" in answer.headers["Location"]
        if "POST" in route.methods:
            answer = client.post(path, base_url=house.demo.ports.origin)
            assert 'data-code="portal.over"' in answer.text, path


def _filled(route: Route) -> str:
    parts = []
    for part in route.path.split("/"):
        if part.startswith("<"):
            kind = part[1:-1].partition(":")[0] if ":" in part else "default"
            parts.append(NOWHERE.get(kind, NOWHERE["default"]))
        else:
            parts.append(part)
    return "/".join(parts)


@pytest.mark.parametrize("kind", ["employee", "org_admin", "service_owner", "operator"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_is_whole_in_both_languages(house: House, kind: str, language: str) -> None:
    person = house.enter(kind)
    pages = ["", "organisation", "help"]
    pages += [f"{s.code}/{_filled(r)}" for s, r in routes(house) if "GET" in r.methods]
    for path in pages:
        page = person.open(f"{path}?lang={language}", follow=False)
        tree, where = page.tree, f"{kind} at {path}"
        assert page.status < 500, where
        assert tree.get("lang") == language, where
        assert len(list(tree.iter("h1"))) == 1, where
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        assert len(ids) == len(set(ids)), where
        assert not [e for e in tree.iter() if e.get("style") or e.get("onclick")], where
        named = {i for e in tree.iter() for i in (e.get("aria-describedby") or "").split()}
        named |= {i for e in tree.iter() for i in (e.get("aria-labelledby") or "").split()}
        assert named <= set(ids), where
        for label in tree.iter("label"):
            assert label.get("for") in ids, where
        assert "None" not in text(page), where
