"""Each row has a verdict and every reason in words; a preview changes nothing else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from broker.errors import BrokerError
from broker.organisations.model import Actor
from broker.roles.importing.words import said
from broker.roles.model import Stage
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, HOSPITAL, WARD, below, deed
from tests.unit.roles.importing.uploads import UUID_OF_ANNA, UUID_OF_NEW, Uploads, rows

CPR = "010190-1234"
ERRORS: list[tuple[str, dict[str, str]]] = [
    ("import.nobody", {"account": ""}),
    ("import.account", {"account": "anna"}),
    ("import.account_unknown", {"account": str(uuid4())}),
    ("import.professional_uuid", {"professional_uuid": "anna"}),
    ("import.rid", {"rid": "anna"}),
    ("import.not_linked", {"rid": "123"}),
    ("import.name_needed", {"account": "", "professional_uuid": UUID_OF_NEW}),
    ("import.email", {"email": "anna"}),
    ("import.unit", {"home": "ward"}),
    ("import.date", {"until": "31/31/2026"}),
    ("import.date", {"since": "2026-03-02T06:00:00"}),
    ("import.period", {"since": "02-05-2026", "until": "01-05-2026"}),
    ("import.scopes", {"scopes": "sor"}),
    ("import.role_half", {"role": ""}),
    ("import.role_half", {"service": ""}),
    ("import.service_unknown", {"service": "nope"}),
    ("import.role_unknown", {"role": "nope"}),
    ("grant.scope_missing", {"role": "caseworker"}),
    ("grant.ceiling", {"role": "caseworker", "scopes": "sor=1234567890123456"}),
    ("grant.not_entitled", {"role": "loose"}),
    ("import.cell_long", {"reason": "x" * 1001}),
    ("import.cpr", {"name": f"Anna {CPR}"}),
    ("import.cpr", {"case_no": "0101901234"}),
]


@pytest.mark.parametrize(
    ("code", "cells"), ERRORS, ids=[f"{c} {n}" for n, (c, _) in enumerate(ERRORS)]
)
def test_a_row_that_cannot_be_is_refused_in_words(
    uploads: Uploads, code: str, cells: dict[str, str]
) -> None:
    uploads.role("loose")
    line = {"account": str(uploads.anna), "service": "dpsd", "role": "reader"} | cells
    row = uploads.one(**line)
    assert row.verdict == "error"
    assert code in {message.code for message in row.messages}
    for message in row.messages:
        words = said(message)
        assert words.da != words.en
        assert words.da.startswith(message.cell)
    assert row.step is None


def test_a_file_is_no_way_round_an_approval(uploads: Uploads) -> None:
    uploads.policy("two", Stage("org_approver"), Stage("org_chief"))
    uploads.role("guarded", policy="two")
    uploads.entitle(uploads.region, "guarded")
    line = {"account": str(uploads.anna), "service": "dpsd", "role": "guarded"}
    row = uploads.one(**line)
    assert (row.verdict, [one.code for one in row.messages]) == ("error", ["import.four_eyes"])
    assert "approval of several" in said(row.messages[0]).en
    until = NOW + 20 * DAY
    uploads.give(uploads.bo, uploads.region, "guarded", account=uploads.anna, until=until)
    assert uploads.one(**line, until=f"{NOW + 40 * DAY:%d-%m-%Y}").verdict == "error"
    assert uploads.one(**line, until=f"{NOW + 10 * DAY:%d-%m-%Y}").verdict == "change"


def test_a_message_names_its_cell(uploads: Uploads) -> None:
    row = uploads.one(account=str(uploads.anna), until="never")
    (message,) = row.messages
    assert (message.code, message.cell) == ("import.date", "K2")
    assert said(message).en == "K2: “never” is no date. Write dd-mm-yyyy."


def test_a_cpr_number_is_neither_kept_nor_repeated(uploads: Uploads) -> None:
    line = {"account": str(uploads.anna), "name": "Anna", "service": "dpsd", "role": "reader"}
    for key in ("name", "email", "account", "professional_uuid", "rid", "scopes", "reason"):
        for number in (CPR, "0101901234", "010190 1234"):
            result = uploads.preview(rows(line | {key: f"x {number}"}))
            assert result.rows[0].messages[0].code == "import.cpr"
            assert result.rows[0].shown == {}
    scoped = uploads.one(**line, scopes="pnumber=1010901234")
    assert scoped.verdict == "error"
    kept = uploads.kept()
    for number in (CPR, "0101901234", "010190 1234", "1010901234"):
        assert number not in kept


def test_identifiers_are_kept_as_hashes_and_their_last_characters(uploads: Uploads) -> None:
    uploads.preview(rows({"professional_uuid": UUID_OF_NEW, "rid": "98765432", "name": "Ny"}))
    kept = uploads.kept()
    assert UUID_OF_NEW not in kept
    assert "98765432" not in kept
    assert f"…{UUID_OF_NEW[-4:]}" in kept


def test_a_preview_writes_nothing_but_itself(uploads: Uploads) -> None:
    before = uploads.counts()
    result = uploads.preview(
        rows(
            {"account": str(uploads.anna), "service": "dpsd", "role": "reader", "name": "Anna Ny"},
            {"professional_uuid": UUID_OF_NEW, "name": "Ny Person"},
        )
    )
    assert [row.verdict for row in result.rows] == ["new", "new"]
    assert uploads.counts() == before


def test_people_are_found_by_their_numbers_and_never_by_name(uploads: Uploads) -> None:
    found = uploads.one(professional_uuid=UUID_OF_ANNA.upper(), service="dpsd", role="reader")
    assert (found.verdict, found.account) == ("new", uploads.anna)
    namesake = uploads.one(professional_uuid=UUID_OF_NEW, name="Anna Holm")
    assert namesake.verdict == "new"
    assert namesake.account is None
    assert namesake.newcomer is not None


def test_numbers_of_two_people_in_a_row_are_refused(uploads: Uploads) -> None:
    row = uploads.one(account=str(uploads.dorte), professional_uuid=UUID_OF_ANNA)
    assert [message.code for message in row.messages] == ["import.two_people"]


def test_a_number_of_somebody_elsewhere_is_refused(uploads: Uploads) -> None:
    other = uploads.organisation()
    with uploads.work() as connection:
        account = uploads.tables["account"]
        connection.execute(
            account.update().where(account.c.id == uploads.anna).values(organisation_id=other)
        )
    row = uploads.one(professional_uuid=UUID_OF_ANNA, name="Anna")
    assert [message.code for message in row.messages] == ["import.elsewhere"]


def test_who_has_left_is_refused(uploads: Uploads) -> None:
    gone = uploads.account(uploads.region, "Erna Ek", state="left")
    row = uploads.one(account=str(gone), service="dpsd", role="reader")
    assert [message.code for message in row.messages] == ["import.left"]


def test_nobody_imports_roles_for_themselves(uploads: Uploads) -> None:
    row = uploads.one(account=str(uploads.bo), service="dpsd", role="reader")
    assert [message.code for message in row.messages] == ["grant.oneself"]


def test_defaults_do_not_show_as_changes(uploads: Uploads) -> None:
    until = NOW + 30 * DAY
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.anna, until=until)
    scopes = [below(WARD)]
    uploads.give(uploads.bo, uploads.region, "caseworker", account=uploads.anna, scopes=scopes)
    for cells in (
        {"role": "reader"},
        {"role": "reader", "reason": "another reason"},
        {"role": "caseworker"},
        {"role": "caseworker", "scopes": f"sor={WARD}+"},
        {"role": "reader", "name": "Anna Holm", "home": WARD},
        {"role": "reader", "since": "01-01-2020"},
    ):
        row = uploads.one(account=str(uploads.anna), service="dpsd", **cells)
        assert (row.verdict, row.messages) == ("unchanged", ())


def test_each_verdict_has_its_row(uploads: Uploads) -> None:
    given = uploads.give(
        uploads.bo, uploads.region, "reader", account=uploads.anna, until=NOW + 30 * DAY
    ).grant
    base = {"account": str(uploads.anna), "service": "dpsd"}
    longer = uploads.one(**base, role="reader", until="31-12-2026")
    shorter = uploads.one(**base, role="reader", until="05-03-2026")
    ended = uploads.one(**base, role="reader", until="01-03-2026")
    more = uploads.one(**base, role="caseworker", scopes=f"sor={HOSPITAL}+ | sor=egen enhed")
    named = uploads.one(account=str(uploads.anna), name="Anna Holm Hansen")
    verdicts = [row.verdict for row in (longer, shorter, ended, more, named)]
    assert verdicts == ["change", "change", "end", "new", "change"]
    assert {longer.grant, shorter.grant, ended.grant} == {given.id}


def test_what_has_begun_does_not_begin_again_and_what_is_past_begins_now(uploads: Uploads) -> None:
    base = {"account": str(uploads.anna), "service": "dpsd", "role": "reader"}
    fresh = uploads.one(**base, since="01-01-2020")
    assert fresh.verdict == "new"
    assert [message.code for message in fresh.messages] == ["import.since_now"]
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.anna)
    moved = uploads.one(**base, since="01-05-2026")
    assert [message.code for message in moved.messages] == ["import.since"]


def test_rows_that_say_the_same_or_exclude_each_other_are_told(uploads: Uploads) -> None:
    uploads.role("payer")
    uploads.entitle(uploads.region, "payer")
    uploads.rule("pay-and-read", "reader", "payer")
    reader = {"account": str(uploads.anna), "service": "dpsd", "role": "reader"}
    result = uploads.preview(rows(reader, reader, reader | {"role": "payer"}))
    codes = [[message.code for message in row.messages] for row in result.rows]
    assert codes == [[], ["import.row_twice"], ["grant.conflict"]]


def test_a_missing_row_keeps_or_ends_and_only_in_the_services_of_the_file(
    uploads: Uploads,
) -> None:
    uploads.service("other")
    uploads.role("guest", service="other")
    uploads.entitle(uploads.region, "guest")
    for who in (uploads.anna, uploads.dorte):
        uploads.give(uploads.bo, uploads.region, "reader", account=who)
    uploads.give(uploads.bo, uploads.region, "guest", account=uploads.dorte)
    file = rows({"account": str(uploads.anna), "service": "dpsd", "role": "reader"})
    assert [row.verdict for row in uploads.preview(file).rows] == ["unchanged"]
    ending = uploads.preview(file, missing="end")
    assert [row.verdict for row in ending.rows] == ["unchanged", "end"]
    assert ending.rows[1].account == uploads.dorte
    assert ending.rows[1].messages[0].code == "import.missing_row"
    assert (ending.batch.losing, ending.batch.people) == (1, 2)
    assert ending.batch.needs_confirmation


def test_while_a_row_is_refused_no_missing_row_ends_anything(uploads: Uploads) -> None:
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.dorte)
    base = {"service": "dpsd", "role": "reader"}
    file = rows(base | {"account": str(uploads.anna)}, base | {"account": "x"})
    result = uploads.preview(file, missing="end")
    assert [row.verdict for row in result.rows] == ["new", "error"]
    assert result.held_back


def test_an_administrator_of_a_unit_says_nothing_of_people_elsewhere(uploads: Uploads) -> None:
    of_ward = uploads.admin(uploads.region, "Ulla Ulv", mandate_unit=WARD)
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.dorte)
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.anna)
    base = {"service": "dpsd", "role": "reader"}
    new = {"professional_uuid": UUID_OF_NEW, "name": "Ny Person", "home": WARD}
    result = uploads.preview(rows(base | new), by=of_ward, missing="end")
    assert [(row.verdict, row.account) for row in result.rows] == [
        ("new", None),
        ("end", uploads.anna),
    ]
    elsewhere = uploads.preview(rows(base | new | {"home": HOSPITAL}), by=of_ward)
    codes = [message.code for message in elsewhere.rows[0].messages]
    assert "import.may_not_add" in codes


@pytest.mark.parametrize("who", ["anna", "stranger", "console"])
def test_only_administrators_of_the_organisation_upload(uploads: Uploads, who: str) -> None:
    stranger = uploads.admin(uploads.organisation())
    actors = {
        "anna": uploads.acting(uploads.anna),
        "stranger": uploads.acting(stranger),
        "console": Actor.at_console("operator"),
    }
    with pytest.raises(BrokerError, match=r"permission\."):
        uploads.imports.preview(actors[who], uploads.region, rows({}), "x.csv", deed())


HEADINGS: list[tuple[str, str]] = [
    ("import.heading_unknown", "Konto;Tjeneste;Rolle;Gydlig til"),
    ("import.heading_twice", "Konto;Account;Tjeneste;Rolle"),
    ("import.heading_missing", "Navn;Tjeneste;Rolle"),
    ("import.heading_missing", "Konto;Tjeneste"),
]


@pytest.mark.parametrize(("code", "line"), HEADINGS)
def test_columns_that_are_not_understood_are_refused(
    uploads: Uploads, code: str, line: str
) -> None:
    with pytest.raises(BrokerError) as refused:
        uploads.preview(f"{line}\r\nx;x;x;x\r\n".encode())
    assert refused.value.code == code


def test_headings_are_read_in_both_languages_and_any_order(uploads: Uploads) -> None:
    line = f"ROLE;valid_until;account ;Service\r\nreader;31-12-2026;{uploads.anna};dpsd\r\n"
    (row,) = uploads.preview(line.encode()).rows
    assert row.verdict == "new"
    assert row.step is not None
    assert row.step.until == NOW.replace(year=2026, month=12, day=31, hour=23)
    assert timedelta(0) < row.step.until - NOW
