"""What is exported is read back as it is, and the template says what may be filled in."""

import pytest

from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, HOSPITAL, WARD, below
from tests.unit.roles.importing.test_applying import HOUR
from tests.unit.roles.importing.uploads import CVR, Uploads, workbook


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_what_is_exported_is_read_back_as_unchanged(
    uploads: Uploads, to: str, language: str
) -> None:
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.anna)
    uploads.give(
        uploads.bo,
        uploads.region,
        "caseworker",
        account=uploads.anna,
        scopes=[below(WARD)],
        since=NOW + DAY + HOUR,
        until=NOW.replace(month=12, day=31, hour=23),
    )
    uploads.account(uploads.region, "=cmd|' /C calc'!A0", email="x@example.dk")
    data = uploads.exported(to, language=language)  # type: ignore[arg-type]  # of the table
    result = uploads.preview(data, missing="end", at=NOW + HOUR)
    assert {row.verdict for row in result.rows} == {"unchanged"}
    assert [row.messages for row in result.rows if row.messages] == []
    assert len(result.rows) == 6


def test_the_template_has_the_allowed_roles_and_codes(uploads: Uploads) -> None:
    text = uploads.exported("json").decode()
    assert f'"code": "{HOSPITAL}"' in text
    assert '"role": "caseworker"' in text
    assert CVR not in text


def test_a_workbook_is_imported_like_a_csv(uploads: Uploads) -> None:
    cells = [str(uploads.anna), *[None] * 5, "dpsd", "reader"]
    formula = [str(uploads.dorte), *[None] * 5, "dpsd", '=CONCATENATE("read","er")']
    preview = uploads.preview(workbook(cells, formula))
    assert [row.verdict for row in preview.rows] == ["new", "error"]
    assert (preview.rows[1].messages[0].code, preview.rows[1].messages[0].cell) == (
        "import.formula",
        "H3",
    )
