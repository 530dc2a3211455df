"""Mappings and rules over HTTP: tried in shadow, seen in words, put in force by a second person."""

from collections.abc import Iterator

import pytest

from broker.audit.store import AuditStore
from broker.bootstrap import metadata_service
from broker.db import writing
from broker.metadata.report import Occasion
from broker.organisations.model import Actor, Deed
from broker.portals.operator.differing import DiffLine, differences
from broker.roles.rules.service import RuleService
from tests.portals.visiting import House, text

MOTIVE = {"da": "Til prøve", "en": "For a test"}
DOCUMENT: dict[str, object] = {
    "kind": "mapping",
    "service": "portal",
    "federations": ["sundhed"],
    "release": [
        {"source": source, "motive": MOTIVE} for source in ("cvr", "org_name", "full_name")
    ],
}


@pytest.fixture(scope="module")
def number(house: House) -> Iterator[int]:
    """A version of the portal's own mapping, loaded by Ravnkilde for a try; then the old again."""
    services = house.demo.services
    service = metadata_service(services.engine, services.settings.origin)
    changed = {**DOCUMENT, "release": DOCUMENT["release"][:2]}  # type: ignore[index]  # a list
    who = Occasion(house.clock(), "Rikke Ravnkilde", "smaller", "R")
    report = service.load_document(changed, source="test", occasion=who, placing="draft")
    found = report.outcomes[0].version
    assert found is not None
    yield found
    again = Occasion(house.clock(), "Rikke Ravnkilde", "as it was", "R")
    service.load_document(DOCUMENT, source="test", occasion=again, placing="in_force")


def test_nobody_approves_what_another_account_of_theirs_brought(house: House) -> None:
    """A version that was brought under the label of an account, as owners' pages write it."""
    ravn, services = house.enter("operator"), house.demo.services
    page = ravn.open("organisation")
    account = next(b.get("value") for b in page.tree.iter("button") if b.get("name") == "account")
    service = metadata_service(services.engine, services.settings.origin)
    who = Occasion(house.clock(), f"account {account} of 90000187", "smaller", "R")
    changed = {**DOCUMENT, "release": DOCUMENT["release"][:1]}  # type: ignore[index]  # a list
    loaded = service.load_document(changed, source="test", occasion=who, placing="draft")
    fields = {"do": "force", "reason": "looked at it", "number": str(loaded.outcomes[0].version)}
    page = ravn.send(ravn.open("operator/mappings/of/portal"), fields, action="decide")
    assert "Somebody else must let it count" in text(page)
    fields["do"] = "retire"
    ravn.send(ravn.open("operator/mappings/of/portal"), fields, action="decide")


def test_what_waits_is_listed_and_its_changes_shown(house: House, number: int) -> None:
    page = house.enter("auditor").open("operator/mappings")
    assert f"version {number}: a draft" in text(page)
    page = house.enter("auditor").open("operator/mappings/of/portal")
    said = text(page)
    assert f"Version {number}: a draft" in said
    gone = [e for e in page.tree.iter("div") if e.get("class") == "diff-gone"]
    assert any("full_name" in str(part) for one in gone for part in one.itertext())
    assert "Try it in shadow" not in said
    assert house.enter("org_admin").open("operator/mappings").mark("code") == "permission.mandate"


def test_a_version_is_tried_and_put_in_force_by_somebody_else(house: House, number: int) -> None:
    ravn, holger = house.enter("operator"), house.enter("holger")
    path = "operator/mappings/of/portal"

    def step(who: str, do: str, reason: str = "looked at it") -> str:
        portal = ravn if who == "ravn" else holger
        fields = {"do": do, "reason": reason, "number": str(number)}
        page = portal.send(portal.open(path), fields, action="decide")
        return text(page)

    assert "Write why" in step("ravn", "shadow", "")
    assert "It is tried at every login" in step("ravn", "shadow")
    assert "No login has tried it yet" in step("holger", "force")
    house.enter("employee", anew=True)
    said = text(holger.open(path))
    assert "was tried at 1 logins" in said
    assert "told no more" in said
    assert "Somebody else must let it count" in step("ravn", "force")
    assert "It counts from now on." in step("holger", "force")
    said = text(holger.open(path))
    assert "Holger Dalsgård" in said
    assert "No version waits." in said


def test_what_is_not_there_is_not_found(house: House) -> None:
    ravn = house.enter("operator")
    assert ravn.open("operator/mappings/of/nothing").mark("code") == "mapping.no_service"
    assert ravn.open("operator/mappings/rule/nothing").mark("code") == "rule.unknown"


def test_a_rule_is_watched_and_put_in_force_by_somebody_else(house: House) -> None:
    services = house.demo.services
    rules = RuleService(AuditStore(), services.portals.catalogue.current_in)
    with writing(services.engine) as connection:
        catalogue = services.portals.catalogue.current_in(connection)
        role = next(r for r in catalogue.roles_of("sundhed", "dpsd") if r.versions)
        document = {
            "code": "a-trial",
            "role": role.urn,
            "effect": "deny",
            "when": [[{"attribute": "title", "op": "eq", "value": "Vikar"}]],
        }
        deed = Deed(house.clock(), "a test", "R")
        rules.propose(connection, Actor.at_console("anna"), "sundhed", document, deed)
    ravn = house.enter("operator")
    path = "operator/mappings/rule/a-trial"
    assert "a-trial" in text(ravn.open("operator/mappings"))
    page = ravn.open(path)
    assert "Nothing was seen of it in shadow." in text(page)

    def step(do: str, number: str = "1") -> str:
        fields = {"do": do, "reason": "looked at it", "number": number}
        return text(ravn.send(ravn.open(path), fields, action="decide"))

    assert "It is tried at every login" in step("shadow")
    assert "There is a newer version" in step("force", "7")
    assert "It counts from now on." in step("force")
    assert "in force" in text(ravn.open(path))
    assert "It is given up." in step("retire")


def test_a_difference_shows_what_is_gone_and_what_is_new() -> None:
    found = differences({"a": 1, "b": 2}, {"a": 1, "b": 3})
    assert DiffLine("gone", '  "b": 2') in found
    assert DiffLine("new", '  "b": 3') in found
    assert {line.kind for line in differences(None, {"a": 1})} == {"new"}
    assert differences({"a": 1, "state": "draft"}, {"a": 1, "state": "shadow"}) == ()
