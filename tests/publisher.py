"""A partner that publishes metadata on loopback, well or badly, and an operator who follows it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from broker.audit.store import AuditStore
from broker.db import Engine, reading
from broker.metadata import seed
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.metadata.source import Fetched, FetchLimits, Seen, fetch_if_changed
from broker.metadata.sources.approving import ApprovalDesk
from broker.metadata.sources.model import Policy, Refreshed, Source
from broker.metadata.sources.refresh import MetadataRefresher
from broker.metadata.sources.registering import SourceDesk
from broker.metadata.sources.store import sources
from broker.saml import names, signatures
from broker.saml.metadata_xml import FEED, parse_metadata
from broker.saml.xml import canonical
from tests.factories import NOW, key_pair, signing_key
from tests.metadata_factory import Idp, Sp, aggregate

ORIGIN = "http://localhost:8700"
LIMITS = FetchLimits(size=200_000, seconds=1.0)


def signed(
    *entities: Sp | Idp,
    by: str = "feed",
    published: datetime | None = NOW,
    until: datetime | None = NOW + timedelta(days=14),
) -> bytes:
    """An aggregate as a federation publishes it."""
    attributes = f'ID="_feed" validUntil="{_said(until)}"' if until else 'ID="_feed"'
    root = parse_metadata(aggregate(*entities, attributes=attributes), FEED)
    if published is not None:
        extensions = (
            f'<md:Extensions xmlns:md="{names.MD}"><mdrpi:PublicationInfo '
            f'xmlns:mdrpi="{names.MDRPI}" publisher="https://feed.example.dk" '
            f'creationInstant="{_said(published)}"/></md:Extensions>'
        )
        root.insert(0, parse_metadata(extensions.encode()))
    signatures.sign(root, signing_key(by))
    return canonical(root)


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Publisher:
    """A real HTTP server on loopback; `answer` writes each answer itself where it is given."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None
    asked: list[Mapping[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/feed.xml"


@contextmanager
def publishing() -> Iterator[Publisher]:
    """A publisher for as long as the context lasts."""
    told = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append({name.lower(): value for name, value in self.headers.items()})
            try:
                if told.answer is not None:
                    told.answer(self)
                    return
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told.body)
            except OSError:
                return  # whoever asked has hung up, as the tests want

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Follower:
    """An installation that follows sources, at an instant that tests move."""

    engine: Engine
    now: datetime = NOW
    limits: FetchLimits = LIMITS
    audit: AuditStore = field(default_factory=AuditStore)

    def __post_init__(self) -> None:
        for name, document in seed.seeds("federations"):
            if "sundhed" in name:
                self.service.load_document(document, source=name, occasion=self.occasion)
        self.cache = RegistryCache(self.engine, ORIGIN, lambda: self.now)

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.now, "operator", "a test", "TEST-REFERENCE")

    @property
    def service(self) -> MetadataService:
        return MetadataService(self.engine, ORIGIN, self.audit)

    @property
    def desk(self) -> ApprovalDesk:
        return ApprovalDesk(self.engine, ORIGIN, self.audit)

    @property
    def refresher(self) -> MetadataRefresher:
        return MetadataRefresher(self.engine, ORIGIN, self.audit, fetch, self.limits)

    @property
    def registry(self) -> Registry:
        """The registry of a node that has been running all the time."""
        return self.cache.current()

    def source(self, code: str) -> Source:
        with reading(self.engine) as connection:
            found = sources.one(connection, code)
        assert found is not None
        return found

    def follow(
        self,
        code: str,
        location: str = "",
        *,
        pinned: str = "",
        many: bool = False,
        policy: Policy | None = None,
        minutes: int = 60,
    ) -> None:
        """Register a source; `pinned` names the key that signs it."""
        made = Source(
            code=code,
            federation="sundhed",
            kind="url" if "://" in location else "file" if location else "upload",
            location=location,
            many=many,
            policy=policy or Policy(),
            certificates=key_pair(pinned)[1].pem().decode() if pinned else "",
            minutes=minutes,
            created_at=self.now,
            created_by="operator",
            reason="",
        )
        SourceDesk(self.engine, ORIGIN, self.audit).add(made, self.occasion)

    def refresh(self, code: str, content: bytes | None = None) -> Refreshed:
        return self.refresher.refresh(code, self.occasion, content=content)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def alarms(self) -> dict[str, str]:
        """Open alarms: reason code and level."""
        return {r.alarm.code: r.alarm.level for r in self.desk.alarms("sundhed")}

    def works(self, entity_id: str) -> bool:
        """Whether a node would take a request from that service now."""
        services = self.registry.services("sundhed")
        return entity_id in {service.sp.entity_id for service in services}


def fetch(url: str, seen: Seen, limits: FetchLimits, *, loopback: bool) -> Fetched:
    """What a running installation fetches with, as it is."""
    return fetch_if_changed(url, seen, limits, loopback=loopback)


def drip(handler: BaseHTTPRequestHandler, head: bytes, seconds: float = 30.0) -> None:
    """A byte every tenth of a second: slow-loris."""
    ends = time.monotonic() + seconds
    handler.wfile.write(head)
    while time.monotonic() < ends:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def with_key(entity: Sp, keys: str) -> Sp:
    """The same service with other keys."""
    return replace(entity, keys=keys)


def refused(follower: Follower, content: bytes, code: str, source: str = "feed") -> None:
    """The document is refused for that reason, there is an alarm, and the member still works."""
    found = follower.refresh(source, content)
    assert (found.state in ("refused", "failed"), found.code) == (True, code)
    assert set(follower.alarms()) & {code, "metadata.source_failed"}
    assert follower.works(Sp().entity_id)
    assert not follower.works("https://evil.example.dk/saml")
