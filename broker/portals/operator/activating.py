"""Which logins are open for which services: the matrix, one cell of it, and what is decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, request

from broker.errors import Refused
from broker.metadata.activating import ActivationService
from broker.metadata.activation import STATES
from broker.metadata.activations import Offer
from broker.metadata.announcing import AUDIENCES, Announcement, announcements
from broker.metadata.model import ConnectedIdp, Service
from broker.metadata.registry import Registry
from broker.metadata.report import Occasion
from broker.metadata.waves import Signed, Wave
from broker.portals import shell
from broker.portals.forms import choice
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.operator.deciding import (
    KINDS,
    Decision,
    Deed,
    Meant,
    held_up,
    meant,
    ticked,
)
from broker.portals.operator.words import AUDIENCE, STATE, STATE_CLASS
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text, said, speaking
from broker.web.language import Text as _
from broker.web.reference import new_reference

MATRIX = _("Logins at services")
COLUMNS = 8  # more fit on no screen


@dataclass(frozen=True, slots=True)
class Row:
    """One service, with what is offered there by the code of the login."""

    service: Service
    offers: dict[str, Offer]


@dataclass(frozen=True, slots=True)
class Told:
    """A text for one kind of reader, in the language of the page."""

    audience: str
    text: str


@dataclass(frozen=True, slots=True)
class Activating:
    """The pages, over one office."""

    office: Office

    # --- looking ----------------------------------------------------------------------------

    def matrix(self, person: Person) -> Response:
        """Every login at every service, now; the filters stand in the address."""
        registry, path = self.office.registry.current(), person.federation.path
        asked = {key: request.args.get(key, "") for key in ("service", "idp", "state")}
        idps = [i for i in registry.idps(path) if asked["idp"] in ("", i.code)]
        rows = []
        for service in registry.services(path):
            offers = {o.idp.code: o for o in registry.offers(service, person.now)}
            if asked["state"]:
                offers = {c: o for c, o in offers.items() if o.state == asked["state"]}
            shown = any(idp.code in offers for idp in idps) or not asked["state"]
            if asked["service"] in ("", service.code) and shown:
                rows.append(Row(service, offers))
        if not asked["idp"]:  # what is in use nowhere is chosen by its name
            idps = [idp for idp in idps if any(idp.code in row.offers for row in rows)]
        columns = paged(idps, asked_page(request.args.get("page")), COLUMNS)
        return shell.page(
            "portals/operator/activations.html",
            person,
            crumbs=(Crumb(MATRIX),),
            rows=sorted(rows, key=lambda row: said(row.service.name)),
            idps=columns.rows,
            columns=columns,
            asked=asked,
            services=registry.services(path),
            every=registry.idps(path),
            states=[state for state in STATES if state != "none"],
            words=STATE,
            classes=STATE_CLASS,
            notice=self._notice(),
        )

    def cell(self, person: Person, service: str, idp: str) -> Response:
        """One login at one service: what holds, what was decided, and the texts about it."""
        registry, path = self.office.registry.current(), person.federation.path
        found, login = registry.service_by_code(path, service), registry.idp_by_code(path, idp)
        offer = registry.offer(found, idp, person.now)
        history = self._service(person).history(path, service, idp)
        state = offer.state if offer else "none"
        return shell.page(
            "portals/operator/activation.html",
            person,
            crumbs=(
                Crumb(MATRIX, shell.link(person, "operator.activations")),
                Crumb(f"{said(login.name)} – {said(found.name)}"),
            ),
            service=found,
            idp=login,
            offer=offer,
            state=state,
            words=STATE,
            classes=STATE_CLASS,
            history=history[:50],
            texts=self._texts(person, [(found, offer)]) if offer else [],
            audiences=AUDIENCE,
            may_pause=person.may("activation.pause", person.thing(service=service)),
            may_change=person.may("activation.change", person.thing(service=service)),
            notice=self._notice(),
        )

    # --- deciding ---------------------------------------------------------------------------

    def pause(self, person: Person, idp: str) -> Response:
        """Pausing: one page, one press."""
        return self._decide(person, "pause", idp)

    def decide(self, person: Person, what: str, idp: str) -> Response:
        """Everything else: a form, a page to check it, and then it is done."""
        if what not in KINDS or what == "pause":
            abort(404)
        return self._decide(person, what, idp)

    def _decide(self, person: Person, what: Deed, idp: str) -> Response:
        registry, path = self.office.registry.current(), person.federation.path
        login, kind = registry.idp_by_code(path, idp), KINDS[what]
        known = self._fitting(registry, path, what, idp, person.now)
        form = Decision()
        form.services.choices = [choice(s.code, said(s.name)) for s, _offer in known]
        if request.method == "GET":
            asked = request.args.getlist("service")
            form.services.data = asked or ([s.code for s, _ in known] if what == "pause" else [])
            if what == "pause":
                told = held_up(login.name)
                form.text_da.data, form.text_en.data = told.da, told.en
        elif form.sent() and form.sure.data != "0":
            try:
                codes = ticked(form, [service.code for service, _offer in known])
                means = meant(what, form, person.now)
                if kind.checked and form.sure.data != "1":
                    return self._check(person, what, login, codes, means, known)
                self._carry_out(person, what, login, codes, form, means)
            except Refused as error:
                form.refuse(error, field=_FIELDS.get(error.code))
            else:
                if len(codes) == 1:
                    return shell.back(
                        person, "operator.activation", service=codes[0], idp=idp, done=what
                    )
                return shell.back(person, "operator.activations", idp=idp, done=what)
        return shell.page(
            "portals/operator/activation_form.html",
            person,
            crumbs=self._crumbs(person, login, kind.title),
            form=form,
            kind=kind,
            what=what,
            idp=login,
            known=known,
            words=STATE,
        )

    def _check(
        self,
        person: Person,
        what: Deed,
        login: ConnectedIdp,
        codes: Sequence[str],
        means: Meant,
        known: list[tuple[Service, Offer | None]],
    ) -> Response:
        chosen = [(s, before) for s, before in known if s.code in codes]
        after = [
            (s, means.offer(login, before.activation if before else None, person.now))
            for s, before in chosen
        ]
        kept = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("csrf_token", "sure")
        ]
        return shell.page(
            "portals/operator/activation_check.html",
            person,
            crumbs=self._crumbs(person, login, KINDS[what].title),
            kind=KINDS[what],
            what=what,
            idp=login,
            changes=[(s, b, now) for (s, b), (_s, now) in zip(chosen, after, strict=True)],
            kept=kept,
            texts=self._texts(person, after),
            audiences=AUDIENCE,
            words=STATE,
        )

    def _carry_out(
        self,
        person: Person,
        what: Deed,
        login: ConnectedIdp,
        codes: Sequence[str],
        form: Decision,
        means: Meant,
    ) -> None:
        for code in codes:
            action = "activation.pause" if what == "pause" else "activation.change"
            person.demand(action, person.thing(service=code))  # type: ignore[arg-type]  # of two
        by = person.name or person.actor.label
        signed = Signed(
            requested_by=by if what in ("plan", "open") else None,
            approved_by_owner=form.words("owner"),
            approved_by_operator=by if what == "approve" else None,
            case_no=form.words("case_no"),
        )
        wave = Wave(person.federation.path, login.code, tuple(codes), (), signed)
        occasion = Occasion(person.now, by, form.words("reason") or "", new_reference())
        self._service(person).carry_out(wave, what, means.edit, occasion)

    # --- parts ------------------------------------------------------------------------------

    def _service(self, person: Person) -> ActivationService:
        origin = person.federation.origin
        return ActivationService(self.office.engine, origin, self.office.audit)

    def _fitting(
        self, registry: Registry, path: str, what: Deed, idp: str, now: datetime
    ) -> list[tuple[Service, Offer | None]]:
        """The services at which it makes sense, with what holds there now."""
        every = [(s, registry.offer(s, idp, now)) for s in registry.services(path)]
        fits = {
            "plan": ("none", "planned", "trial", "closed"),
            "open": ("none", "planned", "trial", "closed"),
            "approve": ("planned", "trial", "active"),
            "pause": ("active", "trial"),
            "resume": ("paused",),
            "close": ("active", "trial", "planned", "paused"),
        }[what]
        found = [(s, o) for s, o in every if (o.state if o else "none") in fits]
        return sorted(found, key=lambda one: said(one[0].name))

    def _texts(self, person: Person, offers: Iterable[tuple[Service, Offer]]) -> list[Told]:
        found: list[Announcement] = list(announcements(offers))
        return [
            Told(audience, one.text(audience, speaking(), person.federation))
            for audience in AUDIENCES
            for one in found
        ]

    def _crumbs(self, person: Person, login: ConnectedIdp, title: object) -> tuple[Crumb, ...]:
        return (
            Crumb(MATRIX, shell.link(person, "operator.activations")),
            Crumb(f"{said(login.name)}: {title}"),
        )

    def _notice(self) -> Text | None:
        done = request.args.get("done", "")
        return KINDS[done].done if done in KINDS else None


_FIELDS = {
    "activation.from": "since",
    "activation.past": "since",
    "activation.nothing": "services",
    "activation.changed": "services",
}


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    pages = Activating(office)
    read, change = may("federation.read", by=OPERATORS), may("activation.change", by=OPERATORS)
    pause = may("activation.pause", by=OPERATORS)
    return (
        Route("activations", "activations", read, get=pages.matrix, menu=MATRIX),
        Route("activation", "activations/at/<service>/<idp>", read, get=pages.cell),
        Route("pause", "activations/pause/<idp>", pause, get=pages.pause, post=pages.pause),
        Route(
            "decide",
            "activations/do/<what>/<idp>",
            change,
            get=pages.decide,
            post=pages.decide,
        ),
    )
