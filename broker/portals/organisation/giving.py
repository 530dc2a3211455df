"""Giving a role: which, for where, until when and why; then what it comes to, and yes or no.

The role and the delimitation stand in the address. Nothing is written before the last page,
and what that shows is worked out by the service that then does it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, NotAllowed, Unknown
from broker.portals import shell
from broker.portals.forms import Form, HiddenField, Needed, Short, StringField, TextAreaField
from broker.portals.office import Office
from broker.portals.organisation import dates, tokens
from broker.portals.organisation.counter import Counter, deed, refuse, told
from broker.portals.organisation.entitled import Offer, offer, offered
from broker.portals.organisation.holders import Holder, demand, holder_of
from broker.portals.organisation.pages import last, page
from broker.portals.organisation.picking import Picker, reach_of
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.roles.grants.examining import is_read_whole
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Wanted
from broker.roles.grants.terms import latest, usual
from broker.roles.requests.model import Request
from broker.web.language import Text as _
from broker.web.language import day

GIVES = may("grant.give", by=ORGANISATION)


class Give(Form):
    """From when until when, and why."""

    since = StringField(_("First day"), validators=[Short(20)])
    until = StringField(_("Last day"), validators=[Short(20)])
    reason = TextAreaField(
        _("Why"), validators=[Needed(_("Write why they need the role")), Short(500)]
    )
    case_no = StringField(_("Case number"), validators=[Short(64)])
    scopes = HiddenField()
    step = HiddenField()


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be given, in one sentence, what speaks against it, and what to look at."""

    sentence: str
    objections: tuple[str, ...]
    remarks: tuple[str, ...]
    asks: bool  # somebody else has to agree: a request is sent


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, for a person and for a group."""
    desk = _Desk(office)
    found: list[Route] = []
    for prefix, where in (("", "people/<uuid:account>"), ("group_", "groups/<uuid:group>")):
        role = f"{where}/give/<uuid:role>"
        found += [
            Route(f"{prefix}give", f"{where}/give", GIVES, get=desk.choose),
            Route(f"{prefix}give_where", role, GIVES, get=desk.where),
            Route(f"{prefix}give_terms", f"{role}/terms", GIVES, get=desk.terms, post=desk.terms),
        ]
    return tuple(found)


def sentence(wording: Wording, name: str, wanted: Wanted, since: datetime, until: datetime) -> str:
    """What somebody gets, in one sentence."""
    role = wording.role(wanted.role)
    within = wording.within(role, wanted.scopes)
    words = (
        _("{name} gets {role} in {service} for {within}, {period}.")
        if within
        else _("{name} gets {role} in {service}, {period}.")
    )
    ends = last(until)
    if since > wording.at:
        period = str(_("{since} to {until}")).format(since=day(since), until=ends)
    else:
        period = str(_("until {until}")).format(until=ends)
    if ends == str(_("no end")):
        period = str(_("without an end"))
        if since > wording.at:
            period = str(_("from {since}, without an end")).format(since=day(since))
    return str(words).format(
        name=name, role=role.name, service=role.service, within=within, period=period
    )


def look(
    counter: Counter,
    connection: Connection,
    person: Person,
    wording: Wording,
    name: str,
    wanted: Wanted,
) -> Preview:
    """What giving would come to, as the service that gives sees it."""
    found = counter.grants.examine(connection, person.actor, wanted, person.now)
    asks = counter.four_eyes.asks(connection, wanted.role, person.now)
    objections = [wording.objection(one) for one in found.objections]
    if asks and wanted.account is None and not objections:
        objections = [told(NotAllowed("request.group"))]
    said = ""
    if found.period is not None:
        said = sentence(wording, name, wanted, found.period.since, found.period.until)
    remarks = tuple(wording.objection(one) for one in found.warnings)
    return Preview(said, tuple(objections), remarks, asks)


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def choose(
        self, person: Person, account: UUID | None = None, group: UUID | None = None
    ) -> Response:
        """Which service and which role."""
        text = request.args.get("q", "").strip()[:100]
        with self._office.reading() as connection:
            holder = holder_of(connection, person, account, group)
            demand(connection, person, holder, "grant.give")
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            listed = offered(connection, person, wording)
            roles = [one.id for one in listed]
            asks = self._counter.four_eyes.asked(connection, roles, person.now)
        wanted = [one for one in listed if _fits(one, text)]
        return page(
            "portals/org/give.html",
            person,
            crumbs=holder.crumbs(person, _("Give a role")),
            holder=holder,
            offers=wanted,
            asks=asks,
            all=len(listed),
            q=text,
            to=lambda role: holder.link(person, "give_where", role=role),
        )

    def where(
        self, person: Person, role: UUID, account: UUID | None = None, group: UUID | None = None
    ) -> Response:
        """For which units; at once on to the terms where the role takes none."""
        with self._office.reading() as connection:
            holder = holder_of(connection, person, account, group)
            demand(connection, person, holder, "grant.give")
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            chosen = offer(connection, person, wording, role)
            version = chosen.named.version
            if version is None or not version.delimitations:
                return shell.back(person, holder.route("give_terms"), **holder.key, role=role)
            reach = reach_of(chosen.ceiling, version, wording)
            whole = is_read_whole(wording.catalogue, chosen.role, person.now)
            start = _start(chosen, holder)
            picked = Picker(
                connection, version, wording, reach, person.now, start, whole=whole
            ).look()
        return page(
            "portals/org/give_where.html",
            person,
            crumbs=holder.crumbs(person, _("Give a role")),
            holder=holder,
            chosen=chosen,
            picked=picked,
            back=holder.link(person, "give"),
            on=holder.link(person, "give_terms", role=role, scope=picked.tokens),
        )

    def terms(
        self, person: Person, role: UUID, account: UUID | None = None, group: UUID | None = None
    ) -> Response:
        """Until when and why; then what it comes to; then it is done."""
        with self._office.reading() as connection:
            holder = holder_of(connection, person, account, group)
            demand(connection, person, holder, "grant.give")
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            chosen = offer(connection, person, wording, role)
            form, preview = _filled(chosen, person.now), None
            if form.sent():
                try:
                    wanted = _wanted(form, holder, role, person.now)
                    preview = look(self._counter, connection, person, wording, holder.name, wanted)
                except BrokerError as error:
                    refuse(form, error, "until" if error.code == "org.date" else None)
        if preview is not None and form.step.data == "give" and not preview.objections:
            try:
                return self._given(person, holder, form, role)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
                preview = None
        template = (
            "portals/org/give_terms.html" if preview is None else "portals/org/give_look.html"
        )
        version = chosen.named.version
        with self._office.reading() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            scopes = tokens.read(str(form.scopes.data or "").split())
            within = wording.within(chosen.named, scopes)
        return page(
            template,
            person,
            crumbs=holder.crumbs(person, _("Give a role")),
            holder=holder,
            chosen=chosen,
            within=within,
            form=form,
            preview=preview,
            longest=latest(version, person.now) if version else person.now,
            back=holder.link(person, "give_where", role=role, scope=str(form.scopes.data).split()),
            home=holder.home(person),
        )

    def _given(self, person: Person, holder: Holder, form: Give, role: UUID) -> Response:
        wanted = _wanted(form, holder, role, person.now)
        why = deed(person, form.reason.data, form.case_no.data)
        with self._office.writing() as connection:
            done = self._counter.four_eyes.give(connection, person.actor, wanted, why)
        what = "asked" if isinstance(done, Request) else "given"
        if holder.account:
            return shell.back(person, "org.person", account=holder.account, done=what)
        return shell.back(person, "org.group", group=holder.group, done=what)


def _fits(one: Offer, text: str) -> bool:
    said = f"{one.named.name} {one.named.service} {one.named.description}".casefold()
    return all(word in said for word in text.casefold().split())


def _start(chosen: Offer, holder: Holder) -> tuple[Scope, ...]:
    """What is chosen to begin with: own unit, where the role has to be delimited and takes it."""
    version = chosen.named.version
    if version is None:
        return ()
    return tuple(
        Scope(rule.type, "own_unit_tree")
        for rule in version.delimitations
        if rule.own_unit and rule.type == "sor" and (holder.unit or holder.group)
    )


def _filled(chosen: Offer, now: datetime) -> Give:
    """The form, with the role's own end and what was chosen in the tree."""
    version = chosen.named.version
    until = dates.last_day(usual(version, now)) if version else ""
    scopes = tokens.written(tokens.read(request.args.getlist("scope")))
    return Give(until=until, scopes=" ".join(scopes), step="look")


def _wanted(form: Give, holder: Holder, role: UUID, now: datetime) -> Wanted:
    """What the form asks for. Raises Refused("org.date" | "org.scope")."""
    return holder.wanted(
        role,
        tokens.read(str(form.scopes.data or "").split()),
        dates.starts(form.since.data, now),
        dates.ends(form.until.data),
    )
