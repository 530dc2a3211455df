"""One version of a partner's metadata beside the one in force, and what is decided about it.

What is approved is named by its SHA-256, since its source may have brought another one since
somebody looked; and whoever brought it does not approve it.
"""

import json
from collections.abc import Sequence
from typing import Literal

from flask import Response, request

from broker.errors import BrokerError, Refused
from broker.metadata.differences import differences
from broker.metadata.model import Localised
from broker.metadata.sources.approving import ApprovalDesk, Chosen
from broker.metadata.store import VersionRecord, versions
from broker.portals import shell
from broker.portals.forms import (
    Form,
    HiddenField,
    Needed,
    RadioField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.moments import Moment, read_moment
from broker.portals.office import Office
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.web.language import Text
from broker.web.language import Text as _

KindOf = Literal["sp", "idp"]
STATES: dict[str, Text] = {
    "pending": _("Waits for approval"),
    "scheduled": _("Counts later"),
    "accepted": _("Was in force before"),
    "rejected": _("Rejected"),
    "withdrawn": _("Withdrawn"),
    "replaced": _("Overtaken by a newer one"),
}
ENOUGH = 12  # digits of a SHA-256 that somebody must have compared


class Decide(Form):
    """Yes or no to one version."""

    sha256 = HiddenField(validators=[Needed(_("Say which version"))])
    answer = RadioField(
        _("What do you decide?"),
        choices=[choice("approve", _("Let it count")), choice("reject", _("Reject it"))],
        validators=[Needed(_("Choose one of them"))],
    )
    compared = StringField(
        _("The first 12 digits of its SHA-256"),
        validators=[Short(64)],
    )
    at = StringField(_("From when"), validators=[Moment(needed=False)])
    reason = TextAreaField(_("How do you know?"), validators=[Needed(_("Write why")), Short(500)])


class Why(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def version_routes(office: Office, desk: ApprovalDesk, board: Switchboard) -> tuple[Route, ...]:
    """History, one version, and the two deeds."""

    def kind_of() -> KindOf | None:
        """Which of two, where one code is both a service and an identity provider."""
        asked = request.args.get("kind")
        return "sp" if asked == "sp" else "idp" if asked == "idp" else None

    def history(person: Person, code: str) -> Response:
        path = person.federation.path
        records = board.partner_keys.find(code, path)
        with office.reading() as connection:
            known = [(one, versions(connection, one.row)) for one in records]
        by = [v.loaded_by for _one, found in known for v in found]
        by += [v.decided_by for _one, found in known for v in found if v.decided_by]
        return shell.page(
            "portals/operator/metadata_history.html",
            person,
            crumbs=[*_crumbs(person), Crumb(code)],
            code=code,
            known=known,
            names=board.names(person, by),
            states=STATES,
            may_decide=person.may("metadata.decide", person.thing()),
        )

    def decide(person: Person, code: str) -> Response:
        path, sha256 = person.federation.path, request.values.get("sha256", "")
        found = desk.chosen(path, code, sha256, kind_of())
        form = Decide(sha256=found.version.sha256)
        if request.method == "POST":
            person.demand("metadata.decide", person.thing())
        if form.sent():
            try:
                done = _decide(desk, board, person, found, form)
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "operator.metadata", done=done)
        return shell.page(
            "portals/operator/metadata_version.html",
            person,
            crumbs=[
                *_crumbs(person),
                Crumb(code, shell.link(person, "operator.metadata_history", code=code)),
                Crumb(found.version.sha256[:ENOUGH]),
            ],
            code=code,
            found=found,
            changed=differences(found.before, found.after),
            objections=_objections(found.version),
            names=board.names(person, [found.version.loaded_by]),
            form=form,
            states=STATES,
            waits=found.version.state in ("pending", "scheduled"),
            own=_is_own(person, found.version),
            deciding=(request.endpoint or "").endswith("metadata_decide"),
            may_decide=person.may("metadata.decide", person.thing()),
        )

    def withdraw(person: Person, code: str) -> Response:
        person.demand("metadata.decide", person.thing())
        path, form = person.federation.path, Why()
        board.partner_keys.find(code, path)
        if form.sent():
            try:
                occasion = board.occasion(person, str(form.reason.data))
                desk.withdraw(path, code, occasion, kind_of())
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "operator.metadata", done="withdrawn")
        return shell.page(
            "portals/operator/metadata_withdraw.html",
            person,
            crumbs=[
                *_crumbs(person),
                Crumb(code, shell.link(person, "operator.metadata_history", code=code)),
                Crumb(_("Take out of force")),
            ],
            code=code,
            form=form,
        )

    look = may("federation.read", by=OPERATORS)
    change = may("metadata.decide", fresh=True)
    at = "metadata/partners/<code>"
    return (
        Route("metadata_history", at, look, get=history),
        Route("metadata_version", f"{at}/version", look, get=decide),
        Route("metadata_decide", f"{at}/decide", change, get=decide, post=decide),
        Route("metadata_withdraw", f"{at}/withdraw", change, get=withdraw, post=withdraw),
    )


def _decide(
    desk: ApprovalDesk, board: Switchboard, person: Person, found: Chosen, form: Decide
) -> str:
    path, code, kind = person.federation.path, found.record.code, found.record.kind
    occasion = board.occasion(person, str(form.reason.data))
    sha256 = found.version.sha256
    if form.answer.data == "reject":
        desk.reject(path, code, occasion, sha256=sha256, kind=kind)
        return "rejected"
    typed = str(form.compared.data or "").strip().lower()
    if len(typed) < ENOUGH or not sha256.startswith(typed):
        raise Refused("metadata.compared", "not the digits of this version")
    opens = read_moment(form.at.data)
    apart = frozenset(str(account) for account in person.actor.accounts)
    desk.approve(path, code, occasion, sha256=sha256, kind=kind, opens=opens, not_by=apart)
    return "later" if opens is not None and opens > person.now else "approved"


def _is_own(person: Person, version: VersionRecord) -> bool:
    return version.loaded_by in {str(account) for account in person.actor.accounts}


def _objections(version: VersionRecord) -> Sequence[Localised]:
    """What spoke against it when it came, in words."""
    said = json.loads(version.objections) if version.objections else []
    return [Localised(one[3], one[4]) for one in said]


def _crumbs(person: Person) -> list[Crumb]:
    return [Crumb(_("Metadata"), shell.link(person, "operator.metadata"))]
