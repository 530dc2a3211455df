"""Which logins people may use at a service, and from when."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response, request

from broker.portals import shell
from broker.portals.forms import Form
from broker.portals.moments import NoMoment, read_day_and_time, written_moment
from broker.portals.owner.beginning import CHANGERS, notice
from broker.portals.owner.bench import CHANGE, READ, Bench, Opened, crumbs
from broker.portals.owner.saving import Picked, Wrong, save_picked
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.registrations.model import Content
from broker.trials.model import CODE
from broker.web.language import Text as _


def routes(bench: Bench) -> tuple[Route, ...]:
    """One page with one form."""

    def rows(opened: Opened) -> list[tuple[str, object, bool, bool]]:
        """Code, name, and whether it is there in production and in test."""
        known = bench.office.registry.current()
        home, test = opened.where.home, opened.where.test
        produced = {one.code: one.name for one in known.idps(home.path)}
        tried = {one.code: one.name for one in known.idps(test.path)} if test else {}
        codes = dict.fromkeys([*produced, *tried])
        return [
            (code, produced.get(code) or tried[code], code in produced, code in tried)
            for code in codes
            if code != CODE
        ]

    def show(
        person: Person,
        opened: Opened,
        form: Form,
        said: Mapping[str, tuple[str, str]],
    ) -> Response:
        return shell.page(
            "portals/service/logins.html",
            person,
            crumbs=crumbs(person, opened, _("Logins")),
            notice=notice(),
            form=form,
            opened=opened,
            rows=rows(opened),
            said=said,
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
        )

    def page(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        form = Picked(formdata=None, version=opened.draft.version)
        return show(person, opened, form, _kept(opened.content))

    def keep(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        codes = [row[0] for row in rows(opened)]
        chosen = [code for code in request.form.getlist("login") if code in codes]
        said = {
            one: (request.form.get(f"{one}-day", ""), request.form.get(f"{one}-time", ""))
            for one in chosen
        }
        return save_picked(
            bench,
            person,
            opened,
            lambda: _made(said, opened),
            lambda form: show(person, opened, form, said),
            "service.logins",
            "logins",
        )

    return (
        Route("logins", "<code>/logins", may(READ), get=page),
        Route("logins_save", "<code>/logins/save", CHANGERS, get=page, post=keep),
    )


def _kept(content: Content) -> dict[str, tuple[str, str]]:
    found = {}
    for one in content.listed("wanted"):
        opens = one.get("opens")
        at = written_moment(datetime.fromisoformat(opens)) if isinstance(opens, str) else ""
        day, _space, time = at.partition(" ")
        found[str(one.get("code"))] = (day, time)
    return found


def _made(said: Mapping[str, tuple[str, str]], opened: Opened) -> Content:
    wanted = []
    for code, (day, time) in said.items():
        try:
            opens = read_day_and_time(day, time)
        except NoMoment as wrong:
            raise Wrong("", f"{code}: {wrong.words}") from wrong
        wanted.append({"code": code, **({"opens": opens.isoformat()} if opens else {})})
    return opened.content.with_document({"wanted": wanted})
