"""A service's document says what it is in the catalogue; every mistake is named."""

from datetime import UTC, datetime, timedelta

import pytest

from broker.errors import Refused
from broker.roles.documents import (
    SERVICE_KEYS,
    ServiceEntry,
    read_roles_entry,
    read_service_entry,
    read_service_version,
)
from broker.roles.documents_roles import read_role
from broker.roles.documents_rules import read_conflict, read_policy, read_rule
from broker.roles.model import Condition, DerivedScope, RoleForm, Stage
from broker.saml.assurance import Assurance
from broker.saml.entities import Localised
from tests.unit.roles.catalogue_box import (
    CONFLICT,
    NAME,
    NATIONAL,
    READER,
    RULE,
    SERVICE,
    SOR,
    WHY,
    WRITER,
)

CLASSIC: dict[str, object] = {"kind": "classic"}
WHOLE = SERVICE | {
    "sla": "society-critical",
    "state": "closing",
    "role_source": "union",
    "subtree": "expand",
    "national_roles": ["urn:x:nurse"],
    "role": [
        READER | {"state": "deprecated", "replaced_by": "urn:x:one:writer"},
        WRITER
        | {
            "sensitivity": "extra_sensitive",
            "minimum": "High",
            "default_days": 30,
            "max_days": 90,
            "end_required": True,
            "max_holders": 4,
            "policy": "owner",
            "example": True,
            "delimitations": [SOR | {"least": 1, "most": 3}],
            "forbidden": [{"type": "sor", "value": "11000016002", "reason": WHY}],
        },
    ],
    "role_form": [CLASSIC | {"attribute": "urn:a"}, {"kind": "oiobpp"}],
    "interface": [
        {"code": "idws", "name": NAME, "opens": "2019-09-01T00:00:00+02:00"},
        {
            "code": "dgws",
            "name": NAME,
            "closes": "2019-09-01T00:00:00+02:00",
            "successor": "idws",
            "note": WHY,
        },
    ],
    "derive": [RULE],
    "sod": [CONFLICT | {"action": "block", "reach": "person"}],
}


def read(document: dict[str, object]) -> ServiceEntry:
    return read_service_entry(document, "one.toml")


def test_everything_that_is_said_is_read() -> None:
    entry = read(WHOLE)
    version, (reader, writer) = entry.version, entry.roles
    assert (version.state, version.source, version.subtree) == ("closing", "union", "expand")
    assert version.sla == "society-critical"
    assert version.national == ("urn:x:nurse",)
    assert version.forms == (
        RoleForm("classic", "urn:a", template="{role}_{delimitation}_3", delimitation="sor"),
        RoleForm("oiobpp"),
    )
    idws, dgws = version.interfaces
    switch = datetime(2019, 8, 31, 22, tzinfo=UTC)
    assert idws.open_at(switch)
    assert not dgws.open_at(switch)
    assert dgws.open_at(switch - timedelta(seconds=1))
    assert dgws.successor == "idws"
    assert reader.version.replaced_by == "urn:x:one:writer"
    assert writer.version.minimum is Assurance.HIGH
    assert writer.version.max_duration == timedelta(days=90)
    sor = writer.version.takes("sor")
    assert sor is not None
    assert (sor.least, sor.most, sor.own_unit) == (1, 3, True)
    assert sor.forbidden == {"11000016002": Localised("Fordi.", "Because.")}
    (rule,) = entry.rules
    assert rule.role == "urn:x:one:writer"
    assert rule.clauses == ((Condition("privileges", "has_privilege", ("urn:y:write",)),),)
    assert rule.scopes == (DerivedScope("sor", "privilege"),)
    (conflict,) = entry.conflicts
    assert conflict.a == {"urn:x:one:reader"}
    assert conflict.b == {"urn:x:one:writer"}


def test_what_is_kept_reads_back_as_the_same_facts() -> None:
    entry = read(WHOLE)
    assert read_service_version(entry.document, "kept") == entry.version
    for role in entry.roles:
        assert read_role(role.document, "kept") == role
    for rule in entry.rules:
        assert read_rule(rule.document, "kept", {}) == rule
    for conflict in entry.conflicts:
        assert read_conflict(conflict.document, "kept", {}) == conflict
    for one in read_roles_entry(NATIONAL, "national.toml").policies:
        assert read_policy(one.document, "kept") == one


def test_where_nothing_is_said_nothing_is_issued_that_an_idp_claims() -> None:
    bare = {key: SERVICE[key] for key in ("kind", "code", "name", "owner")}
    entry = read(bare)
    assert entry.version.source == "local_only"
    assert entry.version.delimitation == "none"
    assert (entry.version.forms, entry.roles) == ((), ())
    rule = read_rule({**RULE, "state": "shadow"}, "rule", {"Writer": "urn:x:one:writer"})
    silent = {key: value for key, value in RULE.items() if key != "state"}
    assert read_rule(silent, "rule", {"Writer": "urn:x:one:writer"}) == rule


def test_stages_of_a_policy_are_read_in_order() -> None:
    stages = [{"approver": "org_approver"}, {"approver": "org_chief", "days": 2, "approvals": 2}]
    entry = read_policy({"code": "two", "name": NAME, "stage": stages}, "policy")
    assert entry.policy.stages == (
        Stage("org_approver"),
        Stage("org_chief", approvals=2, within=timedelta(days=2)),
    )


def role(**more: object) -> dict[str, object]:
    return {"role": [READER, WRITER | more]}


def rule(**more: object) -> dict[str, object]:
    return {"derive": [RULE | more]}


def when(**condition: object) -> dict[str, object]:
    return rule(when=[[condition]], scope=[])


def form(*forms: dict[str, object]) -> dict[str, object]:
    return {"role_form": list(forms)}


OPEN = {"role": [READER, WRITER | {"delimitations": [SOR | {"least": 0}]}]}

MISTAKES: list[tuple[dict[str, object], str]] = [
    (role(code="Wri_ter"), "underscore"),
    (role(code="Skriv en"), "letters a–z"),
    (role(urn="writer"), "no URN"),
    (role(urn="urn:x:one:reader"), "two of the name urn:x:one:reader"),
    (role(code="Reader"), "two of the name Reader"),
    (role(aliases=["urn:x:one:reader"]), "two of the name"),
    (role(aliases=["urn:x:one:writer"]), "names a URN twice"),
    (role(name={"da": "Kun dansk"}), "en is missing"),
    (role(description=None), "description"),
    (role(state="open"), "none of draft, active"),
    (role(sensitivity="secret"), "none of normal"),
    (role(minimum="Highest"), "Low, Substantial, High"),
    (role(default_days=10, max_days=5), "more than max_days"),
    (role(default_days=0), "from 1 to"),
    (role(end_required=True), "default_days or max_days"),
    (role(replaced_by="urn:x:one:reader"), "deprecated"),
    (role(state="retired", replaced_by="urn:x:one:writer"), "the role itself"),
    (role(max_holders=0), "from 1 to"),
    (role(sensitvity="normal"), "nothing is called sensitvity"),
    (role(delimitations=[SOR, SOR]), "a type twice"),
    (role(delimitations=[SOR | {"least": 3, "most": 2}]), "less than least"),
    (role(delimitations=[SOR | {"type": "S O R"}]), "no delimitation type"),
    (role(forbidden=[{"type": "sks", "value": "A", "reason": WHY}]), "does not take"),
    (role(forbidden=[{"type": "sor", "value": "1", "reason": WHY}] * 2), "forbidden twice"),
    ({"delimitation": "sks"}, "no role takes it"),
    ({"delimitation": "none"}, "roles take sor"),
    (role(delimitations=[SOR, {"type": "sks"}]) | {"delimitation": "none"}, "take sks, sor"),
    ({"delimitation": "national"}, "national_roles"),
    ({"national_roles": ["nurse"]}, "no URN"),
    ({"national_roles": ["urn:x:nurse", "urn:x:nurse"]}, "twice"),
    ({"state": "live"}, "none of draft"),
    ({"role_source": "both"}, "local_only"),
    ({"subtree": "all"}, "code, expand"),
    (form(), "role_form is missing"),
    (form({"attribute": "urn:a"}), "kind is missing"),
    (form({"kind": "xml"}), "none of oiobpp"),
    (form({"kind": "oiobpp"}, {"kind": "simple"}), "two lists of privileges"),
    (form(CLASSIC | {"attribute": "urn:a"}, {"kind": "oiobpp", "attribute": "urn:a"}), "one attr"),
    (form(CLASSIC | {"template": "{role}_3"}), "has a delimitation"),
    (form(CLASSIC | {"template": "{delimitation}"}), "neither {role} nor {urn}"),
    (form(CLASSIC | {"template": "{role.__class__}_{delimitation}"}), "plain text"),
    (form(CLASSIC | {"delimitation": "shak"}), "writes shak"),
    (form({"kind": "simple"}), "without its delimitation by sor"),
    (form({"kind": "plain"}), "without its delimitation by sor"),
    (form({"kind": "oiobpp", "version": "1.0.1"}), "1.0.1 would tell Writer without"),
    (form({"kind": "oiobpp", "template": "{role}"}), "not of kind oiobpp"),
    (form({"kind": "plain", "version": "1.2"}), "belongs to kind"),
    (role(delimitations=[SOR, {"type": "sks"}]) | form(CLASSIC), "delimited by sor and sks"),
    (
        {"national_roles": ["urn:x:nurse"]} | form({"kind": "oiobpp", "national": False}),
        "tells the national roles",
    ),
    ({"interface": [{"code": "web", "name": NAME, "successor": "web"}]}, "no other one"),
    ({"interface": [{"code": "web", "name": NAME}] * 2}, "two of one code"),
    (
        {"interface": [{"code": "web", "name": NAME, "opens": "2019-09-01T00:00:00"}]},
        "no instant with an offset",
    ),
    (rule(role="Editor"), "names Editor, which is no role here; known: Reader, Writer"),
    (rule(state="on"), "none of draft, shadow"),
    (rule(effect="give"), "grant, deny"),
    (rule(cvrs=["123"]), "eight digits"),
    (rule(when=[]), "everybody would get the role"),
    (rule(when=[[]]), "would always hold"),
    (rule(scope=[]), "needs a scope of type sor"),
    (rule(scope=[{"type": "sks", "source": "privilege"}]), "takes no sks"),
    (rule(scope=[{"type": "sor"}]), "source is missing"),
    (rule(scope=[{"type": "sor", "source": "literal"}]), "value"),
    (rule(scope=[{"type": "sor", "source": "privilege", "value": "1"}]), "a privilege has none"),
    (rule(effect="deny"), "belongs to a rule that grants"),
    (
        rule(when=[[{"attribute": "cvr", "op": "eq", "value": "90000004"}]]),
        "needs a has_privilege in every clause",
    ),
    (
        rule(
            since="2026-01-02T00:00:00+01:00",
            until="2026-01-01T00:00:00+01:00",
        ),
        "until is not after since",
    ),
    ({"derive": [RULE, RULE]}, "two of the name writer"),
    (OPEN | when(attribute="cvr", op="is", value="1"), "none of eq"),
    (OPEN | when(attribute="cvr"), "op is missing"),
    (OPEN | when(attribute="cvr", op="eq"), "values are missing"),
    (OPEN | when(attribute="cvr", op="eq", values=["1", "2"]), "compares with one"),
    (OPEN | when(attribute="cvr", op="present", value="1"), "do not belong to present"),
    (OPEN | when(attribute="cvr", op="has_privilege", value="urn:x"), "of privileges"),
    (OPEN | when(attribute="privileges", op="eq", value="urn:x"), "of privileges"),
    (OPEN | when(attribute="loa", op="gte", value="3"), "Low, Substantial, High"),
    (OPEN | when(attribute="age", op="gte", value="grown"), "whole number"),
    (OPEN | when(attribute="Full Name", op="present"), "no short name"),
    ({"sod": [CONFLICT | {"b": ["Reader"]}]}, "stands in a as well"),
    ({"sod": [CONFLICT | {"a": []}]}, "names no role"),
    ({"sod": [CONFLICT | {"action": "stop"}]}, "block, exception, warn"),
    ({"sod": [CONFLICT | {"explanation": None}]}, "explanation"),
    ({"role": {"code": "x"}}, "no list of tables"),
]


@pytest.mark.parametrize(("change", "words"), MISTAKES, ids=[words for _, words in MISTAKES])
def test_a_mistake_is_named_with_its_file(change: dict[str, object], words: str) -> None:
    with pytest.raises(Refused) as refused:
        read(SERVICE | change)
    assert refused.value.code == "metadata.document"
    assert refused.value.detail.startswith("one.toml: ")
    assert words in refused.value.detail


def test_the_document_without_a_mistake_is_taken() -> None:
    read(SERVICE)
    read(SERVICE | OPEN)
    assert set(WHOLE) >= SERVICE_KEYS
