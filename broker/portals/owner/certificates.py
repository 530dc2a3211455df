"""Certificates of a service: ours that it must follow, its own that it renews."""

from flask import Response, request

from broker.errors import Refused, Unknown
from broker.login.sample import sample
from broker.metadata.listing import files_of
from broker.metadata.model import Service
from broker.metadata.readiness.model import Level
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, TextAreaField, choice
from broker.portals.office import Office
from broker.portals.owner.certificates_own import Upcoming, own_keys
from broker.portals.owner.certificates_time import time_routes
from broker.portals.owner.products import PRODUCTS
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.standing import Standing, plan_for, standing
from broker.portals.switching.words import BECAUSE, INSTANTS, KINDS, LEVELS, SIGNS
from broker.web.language import Text as _

ASKED = {
    "said": _("The file is loaded and activated in our system"),
    "tried": _("We tried the new certificate, and the login was accepted"),
    "withdrawn": _("It was not so after all"),
}
DONE = {
    "confirmed": _("It is written down that you are ready."),
    "alone": _(
        "It is written down. Since patients depend on the system, either we must see a trial "
        "login, or a colleague of yours must confirm the same."
    ),
    "withdrawn": _("It is written down that you are not ready."),
    "early": _("It is written down when you switch."),
    "back": _("You are taken back: the old certificate counts for you again."),
    "follow": _("You follow the plan again."),
    "late": _("Your wish has been sent. The operator’s answer stands on this page."),
    "mailed": _("A test mail is on its way to your contacts."),
    "brought": _("The certificate counts now, beside the one you have."),
    "ended": _("The certificate counts no more."),
}
_LEVELS = {"said": Level.SAID, "tried": Level.TRIED, "withdrawn": Level.NOTHING}


class Confirm(Form):
    """What somebody at the service answers for."""

    what = RadioField(
        _("What do you confirm?"),
        choices=[choice(code, words) for code, words in ASKED.items()],
        validators=[Needed(_("Choose what you confirm"))],
    )
    note = TextAreaField(_("Remark"), validators=[Short(500)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of this module and of those beside it."""
    board = Switchboard.of(office)
    look = may("service.read", by=OWNERS)
    change = may("service.change", by=OWNERS)

    def listed(person: Person) -> Response:
        own = _own(office, person)
        rows = [(one, standing(board, person, one), own_keys(board, person, one)) for one in own]
        crumbs = [Crumb(_("Certificates"))]
        return shell.page(
            "portals/service/certificates.html", person, crumbs=crumbs, rows=rows, levels=LEVELS
        )

    def shown(person: Person, service: str) -> Response:
        found = board.service(person, service)
        stands, now = standing(board, person, found), person.now
        files = files_of(person.federation, "idp", board.publisher, board.known, now)
        return shell.page(
            "portals/service/certificate.html",
            person,
            crumbs=crumbs_of(person, found.code, None),
            notice=DONE.get(request.args.get("done", "")),
            service=found,
            stands=stands,
            files=files,
            own_address=board.tokens.address(person.federation, "idp", found.row),
            keys=own_keys(board, person, found),
            names=board.names(person, [t.by for t in stands.told if t.by] if stands else ()),
            products=PRODUCTS,
            levels=LEVELS,
            signs=SIGNS,
            because=BECAUSE,
            kinds=KINDS,
            instants=INSTANTS,
            may_change=person.may("service.change", person.thing(service=found.code)),
        )

    def confirm(person: Person, service: str) -> Response:
        found = board.service(person, service)
        person.demand("service.change", person.thing(service=service))
        stands, form = _current(board, person, found.code), Confirm()
        if form.sent():
            said = [claim.by for claim in stands.line.claims] if stands.line else []
            occasion = board.speaking(person, str(form.note.data or ""), said)
            level = _LEVELS[str(form.what.data)]
            kept = board.readiness.confirm(
                stands.plan, found.code, level, person.name or occasion.by, occasion
            )
            done = "alone" if kept.alone else "withdrawn" if not level else "confirmed"
            return shell.back(person, "service.certificate", service=found.code, done=done)
        return shell.page(
            "portals/service/certificate_confirm.html",
            person,
            crumbs=crumbs_of(person, found.code, _("Confirm")),
            form=form,
            service=found,
            stands=stands,
        )

    def trial(person: Person, service: str) -> Response:
        found = board.service(person, service)
        stands, link = _current(board, person, found.code), None
        if request.method == "POST":
            link = board.trial(person, stands.plan, found)
        return shell.page(
            "portals/service/certificate_try.html",
            person,
            crumbs=crumbs_of(person, found.code, _("Try it now")),
            service=found,
            stands=stands,
            link_made=link,
        )

    def answer(person: Person, service: str) -> Response:
        """A signed answer to feed a verifier: fictive, marked, and long run out."""
        found = board.service(person, service)
        stands = _current(board, person, found.code)
        key = office.keyrings.signing(stands.plan.slot, stands.plan.after)
        made = Response(sample(found, person.federation, key, person.now).xml, mimetype="text/xml")
        name = f"{found.code}-sample.xml"
        made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        made.headers["Cache-Control"] = "no-store"
        return made

    at = "certificates/<service>"
    return (
        Route("certificates", "certificates", look, get=listed, menu=_("Certificates")),
        Route("certificate", at, look, get=shown),
        Route("certificate_confirm", f"{at}/confirm", change, get=confirm, post=confirm),
        Route("certificate_try", f"{at}/try", change, get=trial, post=trial),
        Route("certificate_sample", f"{at}/sample", look, get=answer),
        *time_routes(board),
        *Upcoming(board).routes(),
    )


def _own(office: Office, person: Person) -> list[Service]:
    """The services that somebody looks after, as far as they have metadata in force."""
    known, found = office.registry.current(), []
    for code in person.services:
        try:
            found.append(known.service_by_code(person.federation.path, code))
        except Unknown:
            continue  # registered, and nothing of it counts yet
    return found


def crumbs_of(person: Person, code: str, page: object) -> list[Crumb]:
    """The steps to a page of one service's certificates."""
    steps = [Crumb(_("Certificates"), shell.link(person, "service.certificates"))]
    if page is None:
        return [*steps, Crumb(code)]
    own = shell.link(person, "service.certificate", service=code)
    return [*steps, Crumb(code, own), Crumb(str(page))]


def _current(board: Switchboard, person: Person, code: str) -> Standing:
    found = standing(board, person, board.service(person, code))
    if found is None or plan_for(board.known, person.federation, person.now) is None:
        raise Refused("rollover.nothing_planned", "no change concerns the service now")
    return found
