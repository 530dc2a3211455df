"""I06: CPR numbers typed into every form of the portals, and then looked for everywhere.

Somebody crawls through every page and sends each form that is there: with a number in all of its
fields, and with one in each alone, where the others hold what belongs there, so that every field
gets as far as what would keep it. Addresses that post and that no page here leads to get a number
in everything that any form has. What was typed may stand in its own field again, and nowhere else.
"""

import io
import logging
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from broker.cli.exposition import exposition
from broker.db import METADATA, reading
from broker.demo.visitor import Page
from broker.portals.forms import typed_names
from broker.web.logging import redacted
from tests.canary import CANARIES, Hit, pattern, search, search_files
from tests.metadata_factory import Sp
from tests.portals.conftest import opened
from tests.portals.crawling import Crawler, Found, post_routes
from tests.portals.visiting import House, Portal, jar, token

NUMBER = CANARIES[1]
SPELLINGS = (f"{NUMBER[:6]}-{NUMBER[6:]}", NUMBER, f"om {NUMBER[:6]} {NUMBER[6:]} i dag")
PLAIN = pattern(NUMBER)
# Between them they see everything that is there without a case, a change or a vendor.
WHO = ("operator", "org_admin", "service_owner", "employee")
BENIGN = (
    (r"mail", "hjaelp@example.dk"),
    (r"url|privacy|documentation|acs|slo|test$|production$", "https://ny.example.dk/a"),
    (r"cvr", "99000004"),
    (r"since|until|day|from|opens|closes|announce|switch|before|after|wanted|(un)?publish|destroy",
     "01.12.2026"),
    (r"time", "12:00"),
    (r"code", "ny-kode"),
)  # fmt: skip
# Of tests alone, where it shows that a section is mounted; what it is sent is in its address.
OURS = "portal.trial_"
HOLDER = f"<!-- {NUMBER[:6]}-{NUMBER[6:]} -->".encode()
# Fields that no form class has, as pages name them.
RAW = frozenset({"account", "answer", "kombit-day", "unit-sor", "value", "SAMLRequest"})


@dataclass
class Sent:
    """What was sent, and what was seen of it."""

    house: House
    folder: Path
    lines: io.StringIO = field(default_factory=io.StringIO)
    statuses: Counter[int] = field(default_factory=Counter)
    forms: set[str] = field(default_factory=set)  # endpoints with a form of their own
    addresses: set[str] = field(default_factory=set)  # others, that somebody may send to
    tokens: dict[str, str] = field(default_factory=dict)
    hits: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def see(self, what: str, page: Page) -> Page:
        """Look at an answer, but for what stands in the fields that it was typed into."""
        self.statuses[page.status] += 1
        if page.status >= 500:
            self.broken.append(what)
        for one in page.tree.iter("input", "textarea"):
            one.attrib.pop("value", "")
            one.text = None
        if PLAIN.search(etree.tostring(page.tree)) or PLAIN.search(page.url.encode()):
            self.hits.append(what)
        return page


def send_each(sent: Sent, crawler: Crawler, form: Found) -> None:
    """A form with a number in all fields, and in each of them alone."""
    spellings = cycle(SPELLINGS)
    looked_at = typed_names()
    alone = [one for one in form.typed if one in looked_at]
    alone += [one for one in form.typed if one not in looked_at][:2]  # the gate's, one as the other
    current: Found | None = None
    for held in ({*form.typed}, *({one} for one in alone if len(form.typed) > 1)):
        current = current or crawler.again(form)
        data = [
            (name, next(spellings) if name in held else (value or benign(name)))
            if name in form.typed
            else (name, value)
            for name, value in current.filled
        ]
        page = crawler.person.post_all(form.target, data)
        sent.see(f"{form.endpoint} {sorted(held)}", page)
        if page.status != 400:
            current = None  # it may not be there any more, or say something else


def send_all(sent: Sent, people: Sequence[Portal], endpoint: str, path: str) -> None:
    """Every field that any form has, at an address that no page led to, as who may be there."""
    fields = [(name, SPELLINGS[0]) for name in sorted(typed_names() | RAW)]
    for person in people:
        mine = [*fields, ("csrf_token", sent.tokens[person.key])]
        page = sent.see(f"{endpoint} of nobody", person.post_all(path, mine))
        if page.mark("code") != "permission.mandate":
            sent.addresses.add(endpoint)
            break


def benign(name: str) -> str:
    """What belongs into a field of that name."""
    return next((value for like, value in BENIGN if re.search(like, name)), "Et ord")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    folder, temporary = tmp_path_factory.mktemp("canaries"), tmp_path_factory.mktemp("temporary")
    root = logging.getLogger()
    with opened(folder / "demo") as house, pytest.MonkeyPatch.context() as patch:
        made = Sent(house, folder)
        handler, level = logging.StreamHandler(made.lines), root.level
        handler.setFormatter(redacted())
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        patch.setattr(tempfile, "tempdir", str(temporary))
        done: set[tuple[object, ...]] = set()
        people = [house.enter(kind) for kind in WHO]
        for person in people:
            made.tokens[person.key] = token(person.open())
            crawler = Crawler(house, person)
            crawler.crawl()
            made.broken += [page.url for page in crawler.pages if page.status >= 500]
            for key, form in crawler.forms.items():
                if key not in done and form.typed and not form.endpoint.startswith(OURS):
                    done.add(key)
                    made.forms.add(form.endpoint)
                    send_each(made, crawler, form)
        for endpoint, path in post_routes(house).items():
            if endpoint not in made.forms and not endpoint.startswith(OURS):
                send_all(made, people, endpoint, path)
        made.broken += [str(left) for left in temporary.iterdir()]
        yield made
        root.removeHandler(handler)
        root.setLevel(level)


def test_every_address_that_posts_was_sent_a_number(sent: Sent) -> None:
    """So many by their own forms, from which it reaches what would keep it."""
    every = {one for one in post_routes(sent.house) if not one.startswith(OURS)}
    assert every - sent.forms - sent.addresses == set()
    assert len(sent.forms) > 35
    assert sent.statuses[400] > 150, "said no to, in the form or instead of the page"


def test_no_answer_breaks_and_nothing_is_left_in_a_temporary_folder(sent: Sent) -> None:
    assert sent.broken == []


def test_a_document_with_a_number_is_not_taken_from_a_file_either(sent: Sent) -> None:
    """Its organisation is called like somebody; the page says why, and the form is still there."""
    owner = sent.house.enter("service_owner")
    page = owner.open("service/dpsd/metadata")
    client = sent.house.demo.broker.test_client()
    for one in jar(owner):
        client.set_cookie(one.name, one.value or "", domain="localhost")
    document = Sp().xml().replace(b"</md:EntityDescriptor>", HOLDER + b"</md:EntityDescriptor>")
    fields = {"csrf_token": token(page), "file": (io.BytesIO(document), "metadata.xml")}
    path = "/sundhed/portal/service/dpsd/metadata"
    answer = client.post(path, data=fields, base_url=sent.house.demo.ports.origin)
    assert "ligner et CPR-nummer" in answer.text
    assert PLAIN.search(answer.data) is None


def test_what_was_typed_is_on_no_page_and_in_no_address(sent: Sent) -> None:
    assert sent.hits == []


def test_no_line_of_the_log_holds_it(sent: Sent) -> None:
    assert len(sent.lines.getvalue()) > 1000
    assert search(sent.lines.getvalue(), "log") == []


def test_neither_the_database_nor_any_file_holds_it(sent: Sent) -> None:
    services = sent.house.demo.broker.extensions["broker"]
    found: list[Hit] = []
    with reading(services.engine) as connection:
        for name, table in METADATA.tables.items():
            packed = [c for c in table.c if isinstance(c.type, sa.LargeBinary)]
            for row in connection.execute(sa.select(*packed)) if packed else ():
                found += [hit for value in row if value for hit in search(value, name)]
    assert found + search_files([sent.folder]) == []


def test_neither_cookies_nor_metrics_hold_it(sent: Sent) -> None:
    services = sent.house.demo.broker.extensions["broker"]
    for kind in WHO:
        held = "\n".join(f"{one.name}={one.value}" for one in jar(sent.house.enter(kind)))
        assert held
        assert search(held, "cookies") == []
    services.flow.recorder.keep(sent.house.clock())
    assert search(exposition(services.engine, sent.house.clock()), "metrics") == []
