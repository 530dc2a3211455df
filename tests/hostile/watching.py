"""Whoever runs the hostile suite is watched: every log line and every page, for a canary. I06.

Each forged message carries a CPR number that nobody has. When the suite of this process is over,
the lines as the broker would have written them, the pages and cookies it gave to browsers, and the
folder of its database are searched in every form of `tests.canary`; one hit fails the run.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.web.logging import redacted
from tests.canary import CANARIES, Hit, pattern, search, search_files

_PLAIN = [pattern(number) for number in CANARIES]


@dataclass
class Watch:
    """What was seen so far."""

    lines: io.StringIO = field(default_factory=io.StringIO)
    hits: list[Hit] = field(default_factory=list)
    pages: int = 0

    def see(self, address: str, page: TestResponse) -> None:
        """Look at a page: refusals in every form, others as they are read, which is quick.

        An answer to a service is encrypted, and what is said in it is meant for the service.
        """
        self.pages += 1
        held = f"{page.headers}\n".encode() + page.get_data()
        if page.status_code >= 400:
            self.hits += search(held, f"page at {address}")
        elif any(found.search(held) for found in _PLAIN):
            self.hits.append(Hit("plain", f"page at {address}", ()))


@pytest.fixture(scope="session", autouse=True)
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Watch the whole run, and fail at its end where a number was seen."""
    seen = Watch()
    handler = logging.StreamHandler(seen.lines)
    handler.setFormatter(redacted())
    root, real = logging.getLogger(), FlaskClient.open

    def opened(self: FlaskClient, *args: object, **named: object) -> TestResponse:
        page = real(self, *args, **named)  # type: ignore[arg-type]  # as it came
        seen.see(str(args[:1]), page)
        return page

    root.addHandler(handler)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FlaskClient, "open", opened)
        yield seen
    root.removeHandler(handler)
    folders = [*tmp_path_factory.getbasetemp().glob("hostile*")]  # of the suite's one broker
    found = search(seen.lines.getvalue(), "the log") + search_files(folders)
    assert seen.hits + found == []
