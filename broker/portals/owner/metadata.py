"""Metadata of a service: by address, as a file or pasted; then each field with its verdict."""

from dataclasses import replace

from flask import Response, request

from broker.errors import BrokerError, Refused, Unavailable
from broker.metadata.source import fetch
from broker.portals import shell
from broker.portals.forms import (
    Change,
    DocumentField,
    Form,
    Short,
    StringField,
    without_cpr,
)
from broker.portals.owner.beginning import CHANGERS, READERS, notice
from broker.portals.owner.bench import CHANGE, Bench, Opened, crumbs
from broker.portals.owner.metadatafields import Fields, kept, written
from broker.portals.owner.saving import Wrong
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.registrations.verdicts import Verdict, examine, verdict_of
from broker.saml.entities import ServiceProvider
from broker.saml.entity_descriptor import read_metadata
from broker.saml.entity_parts import is_loopback
from broker.web.language import Text as _

LINES = 20_000
MAX_BYTES = 400_000  # of what is uploaded or pasted; one service is far smaller


class Source(Form):
    """Where the metadata comes from."""

    address = StringField(_("Address of your metadata"), validators=[Short(2000)])
    pasted = DocumentField(_("Or the metadata as text"), validators=[Short(MAX_BYTES)])


def routes(bench: Bench) -> tuple[Route, ...]:
    """The page, its two forms, and the document itself."""

    def show(
        person: Person,
        opened: Opened,
        source: Source | None = None,
        fields: Fields | None = None,
        verdicts: tuple[Verdict, ...] = (),
        changes: tuple[Change, ...] = (),
    ) -> Response:
        examined = bench.examined(person, opened)
        shown = fields or Fields(formdata=None, version=opened.draft.version, **kept(examined))
        faulty = next((form for form in (source, fields) if form is not None), None)
        return shell.page(
            "portals/service/metadata.html",
            person,
            400 if verdicts else 200,
            crumbs=crumbs(person, opened, _("Metadata")),
            notice=notice(),
            form=faulty,
            opened=opened,
            source=source or Source(formdata=None),
            fields=shown,
            examined=examined,
            refused=verdicts,
            changes=changes,
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
            is_known=opened.tested is not None or opened.produced is not None,
        )

    def page(person: Person, code: str) -> Response:
        return show(person, bench.open(person, code))

    def take(person: Person, code: str) -> Response:
        """Fetch, read or take what was sent; nothing is kept that nobody could read."""
        opened = bench.open(person, code, CHANGE)
        source = Source()
        if not source.sent():
            return show(person, opened, source)
        try:
            raw = _received(source, opened)
        except (Refused, Unavailable) as error:
            if error.code == "input.cpr":
                source.refuse(error, field="address" if source.address.data else "pasted")
                return show(person, opened, source)
            return show(person, opened, source, None, (verdict_of(error),))
        if raw is None:
            words = _("Write an address, choose a file, or paste the text")
            source.address.errors = [*source.address.errors, words]
            return show(person, opened, source)
        found = _one_service(raw, person)
        if isinstance(found, BrokerError):
            return show(person, opened, source, None, (verdict_of(found),))
        home = opened.where.test or opened.where.home
        content = replace(opened.content, xml=raw)
        examined = examine(content, home, person.now)
        if examined.facts is None or examined.facts.sp is None:
            bad = tuple(v for v in examined.verdicts if v.level == "refused")
            return show(person, opened, source, None, bad)
        bench.save(person, opened, content, opened.draft.version, "metadata")
        return shell.back(person, "service.metadata", code=code, done="saved")

    def correct(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        fields = Fields()
        before = kept(bench.examined(person, opened))
        changes = fields.changed(before, opened.draft.version)
        if changes or not fields.sent():
            return show(person, opened, None, fields, changes=changes)
        try:
            raw = written(fields, opened)
        except Wrong as wrong:
            fields[wrong.field].errors = [wrong.words]
            return show(person, opened, None, fields)
        content = opened.content
        if raw is not None:
            content = replace(content, xml=raw)
        bench.save(person, opened, content, opened.draft.version, "metadata, corrected")
        return shell.back(person, "service.metadata", code=code, done="saved")

    def document(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        return Response(opened.content.xml or b"", content_type="text/plain; charset=utf-8")

    return (
        Route("metadata", "<code>/metadata", READERS, get=page, post=take),
        Route("correct", "<code>/metadata/fields", CHANGERS, get=page, post=correct),
        Route("document", "<code>/metadata/document", READERS, get=document),
    )


def _received(source: Source, opened: Opened) -> bytes | None:
    """What was sent, by the first way that was used. Raises Refused, Unavailable."""
    address = str(source.address.data or "").strip()
    if address:
        origin = opened.where.home.origin
        host = origin.partition("://")[2].partition(":")[0]
        return without_cpr(fetch(address, loopback=is_loopback(host)))
    file = request.files.get("file")
    if file is not None and file.filename:
        raw = file.stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise Refused("metadata.too_large", "an uploaded file")
        return without_cpr(raw)
    pasted = str(source.pasted.data or "").strip()
    return pasted.encode() if pasted else None


def _one_service(raw: bytes, person: Person) -> ServiceProvider | BrokerError:
    try:
        read = read_metadata(raw, person.now)
    except Refused as error:
        return error
    found = [one for one in read.entities if one.sp is not None]
    if len(read.entities) != 1 or not found or found[0].sp is None:
        return Refused("metadata.no_role", "no service provider, or several")
    return found[0].sp
