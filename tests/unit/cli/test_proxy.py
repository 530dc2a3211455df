"""`broker proxy`: pages in both languages for nginx, and the networks that it never stops."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from broker.bootstrap import metadata_service
from broker.cli import main
from broker.metadata.report import Occasion
from broker.web.limiting import REFUSALS
from broker.web.proxy import STATUSES
from tests.box import ACS, FEDERATION, ORIGIN, Box, make_box
from tests.factories import NOW
from tests.minutes import standing


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BROKER_DATA", str(tmp_path))
    monkeypatch.setenv("BROKER_ORIGIN", ORIGIN)
    return tmp_path


def test_each_status_that_nginx_answers_with_has_a_page(data: Path) -> None:
    shipped = Path("deploy/nginx.conf").read_text()
    done = CliRunner().invoke(main, ["proxy", "pages", str(data / "pages")])
    assert done.exit_code == 0, done.output
    written = {path.name: path.read_text() for path in (data / "pages").iterdir()}
    assert set(written) == {f"{status}.html" for status in STATUSES}
    assert set(re.findall(r"/_proxy/(\d+\.html)", shipped)) == set(written)
    for status, code in STATUSES.items():
        page = written[f"{status}.html"]
        assert f'data-code="{code}"' in page
        assert '<html lang="da">' in page
        assert 'lang="en"' in page
        assert page.count('<!--# echo var="request_id" -->') == 3
        assert "<time" not in page
        assert "<script" not in page


def test_networks_of_federations_are_told_as_geo_reads_them(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(monkeypatch)
    box = make_box(data)
    service = metadata_service(box.services.engine, ORIGIN)
    network = {
        "name": "Region",
        "addresses": ["198.51.100.0/24", "2001:db8::/32"],
    }
    service.load_document(
        {**FEDERATION, "network": [network]},
        source="box",
        occasion=Occasion(NOW, "test", "a network", "BOX"),
    )
    done = CliRunner().invoke(main, ["proxy", "networks"])
    assert done.output.splitlines() == ["198.51.100.0/24 1;", "2001:db8::/32 1;"]
    assert box.services.registry.current().federations[0].networks
    assert _refusals(box, "198.51.100.7") == {400}
    assert _refusals(box, "203.0.113.7") == {400, 429}


def _refusals(box: Box, address: str) -> set[int]:
    browser, environ = box.browser(), {"REMOTE_ADDR": address}
    asked = {"base_url": ORIGIN, "environ_overrides": environ, "data": {"SAMLResponse": "x"}}
    return {browser.post(ACS, **asked).status_code for _ in range(REFUSALS + 1)}
