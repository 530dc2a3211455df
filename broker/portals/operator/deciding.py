"""What an operator decides about a login at services: the forms, and what each comes to."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from broker.errors import Refused
from broker.metadata import waves
from broker.metadata.activation import Activation, Pause, state_at
from broker.metadata.activations import Offer
from broker.metadata.model import ConnectedIdp, Localised
from broker.metadata.waves import Edit
from broker.portals.forms import (
    Form,
    HiddenField,
    SelectMultipleField,
    Short,
    StringField,
)
from broker.portals.moments import Moment, read_moment
from broker.web.language import Text
from broker.web.language import Text as _

Deed = Literal["plan", "open", "approve", "pause", "resume", "close"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to decide: what it is called, what its button says, and which fields it has."""

    title: Text
    button: Text
    done: Text
    fields: tuple[str, ...]
    checked: bool = True  # whether a page to check comes first


KINDS: dict[Deed, Kind] = {
    "plan": Kind(
        _("Plan an opening"),
        _("Plan it"),
        _("The opening is planned."),
        ("since", "until", "visible", "text_da", "text_en", "owner"),
    ),
    "open": Kind(_("Open now"), _("Open it"), _("It is open."), ("owner",)),
    "approve": Kind(
        _("Approve what is planned"), _("Approve it"), _("It is approved."), ("owner",)
    ),
    "pause": Kind(
        _("Pause"),
        _("Pause it now"),
        _("It is paused."),
        ("text_da", "text_en", "until"),
        checked=False,
    ),
    "resume": Kind(
        _("Resume the login"), _("Resume the login"), _("It goes on as it was planned."), ()
    ),
    "close": Kind(_("Close"), _("Close it"), _("It is closed."), ("since", "text_da", "text_en")),
}


class Decision(Form):
    """For which services, when, and why; each kind shows some of it."""

    services = SelectMultipleField(_("For which services"), validate_choice=False)
    since = StringField(_("From"), validators=[Moment(needed=False)])
    until = StringField(_("Until"), validators=[Moment(needed=False)])
    visible = StringField(_("People may see it from"), validators=[Moment(needed=False)])
    text_da = StringField(_("What people are told, in Danish"), validators=[Short(300)])
    text_en = StringField(_("What people are told, in English"), validators=[Short(300)])
    owner = StringField(_("Who said yes for the service"), validators=[Short(100)])
    case_no = StringField(_("Case number"), validators=[Short(64)])
    reason = StringField(_("Why, for the history"), validators=[Short(300)])
    sure = HiddenField()

    def moment(self, name: str) -> datetime | None:
        """The instant that a field says."""
        return read_moment(self[name].data)

    def words(self, name: str) -> str | None:
        """What a field says, or None."""
        return str(self[name].data or "").strip() or None

    def text(self) -> Localised | None:
        """What people are told, in both languages. Raises Refused("activation.texts")."""
        da, en = self.words("text_da"), self.words("text_en")
        if (da is None) != (en is None):
            raise Refused("activation.texts", "said in one language alone")
        return Localised(da, en) if da and en else None


@dataclass(frozen=True, slots=True)
class Meant:
    """What a form comes to: the edit of documents, and the same of facts, to be shown before."""

    edit: Edit
    after: Callable[[Activation], Activation]

    def offer(self, idp: ConnectedIdp, before: Activation | None, now: datetime) -> Offer:
        """What it would be at a service."""
        made = self.after(before or Activation(idp.code))
        return Offer(idp, made, state_at(made, now))


def meant(what: Deed, form: Decision, now: datetime) -> Meant:
    """Read a form. Raises Refused with what is missing: `activation.texts`, `.from`, `.past`."""
    match what:
        case "plan":
            return _planned(form, now)
        case "open":
            return Meant(waves.activate(now, None), lambda old: Activation(old.idp, opens=now))
        case "approve":
            return Meant(waves.approve(), lambda old: old)
        case "pause":
            text, until = form.text(), form.moment("until")
            if text is None:
                raise Refused("activation.texts", "people want to know why")
            held = Pause(now, until, text)
            return Meant(waves.pause(now, until, text), lambda old: replace(old, pause=held))
        case "resume":
            return Meant(waves.resume(), lambda old: replace(old, pause=None))
        case "close":
            at, text = form.moment("since") or now, form.text()
            return Meant(waves.close(at, text), lambda old: replace(old, closes=at, reason=text))


def _planned(form: Decision, now: datetime) -> Meant:
    opens, closes = form.moment("since"), form.moment("until")
    visible, text = form.moment("visible"), form.text()
    if opens is None:
        raise Refused("activation.from", "planned without a date")
    if opens < now:
        raise Refused("activation.past", "planned for an instant that is over")
    return Meant(
        waves.plan(opens, closes, visible, text),
        lambda old: replace(
            old, opens=opens, closes=closes, visible_from=visible, reason=text, trial=old.trial
        ),
    )


def held_up(idp: Localised) -> Localised:
    """What people are told of a pause, unless somebody writes it better."""
    return Localised(
        f"Der er problemer med login gennem {idp.da}. Brug et andet login imens.",
        f"There are problems with logging in through {idp.en}. Use another login meanwhile.",
    )


def ticked(form: Decision, known: Collection[str]) -> Sequence[str]:
    """The services that are chosen. Raises Refused("activation.nothing" | "activation.changed")."""
    chosen = [str(code) for code in form.services.data or ()]
    if not chosen:
        raise Refused("activation.nothing", "no service is meant")
    if not set(chosen) <= set(known):
        raise Refused("activation.changed", "a service at which it makes no sense now")
    return chosen
