"""Each outcome that is a page: its template, and what the template is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from broker.login.outcome import (
    Choose,
    ChooseOrganisation,
    PostOn,
    PostTo,
    Refusal,
    Sending,
)
from broker.metadata.model import Federation, Service
from broker.metadata.showing import Duty
from broker.saml.bindings import encode_post
from broker.web.posting import Destination
from broker.web.texts import explain


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to be rendered."""

    template: str
    context: dict[str, object]
    http: int = 200
    form_targets: bool = True  # whether its form may end at another site (R6)


def posted(outcome: PostOn | PostTo) -> tuple[Destination, Sequence[tuple[str, str]]]:
    """Where a browser is sent on to by a form, and the form's fields."""
    if isinstance(outcome, PostOn):
        name = outcome.service.name
        there = Destination(outcome.answer.target, name, outcome.federation)
        return there, _fields(outcome)
    return Destination(outcome.target, outcome.idp.name, outcome.federation), outcome.fields


def show(outcome: Sending | Choose | ChooseOrganisation | Refusal) -> Shown:
    """The page of an outcome."""
    match outcome:
        case Choose():
            return _choices(outcome)
        case Sending():
            page = f"{outcome.federation.base}/saml/discovery"
            return Shown(
                "saml/sending.html",
                {
                    "federation": outcome.federation,
                    "service": outcome.service,
                    "idp": outcome.idp,
                    "target": outcome.target,
                    "fields": outcome.fields,
                    "change": f"{page}?flow={outcome.flow}&vaelg=1",
                },
            )
        case ChooseOrganisation():
            return Shown(
                "saml/organisation.html",
                {
                    "federation": outcome.federation,
                    "service": outcome.service,
                    "idp": outcome.idp,
                    "options": outcome.options,
                    "flow_id": outcome.flow,
                    "action": f"{outcome.federation.base}/saml/organisation",
                },
            )
        case Refusal():
            return _refusal(outcome)


def _choices(choose: Choose) -> Shown:
    base = choose.federation.base
    return Shown(
        "saml/discovery.html",
        {
            "federation": choose.federation,
            "service": choose.service,
            "listing": choose.listing,
            "fields": (("flow", choose.flow), *((("vaelg", "1"),) if choose.again else ())),
            "action": f"{base}/saml/discovery",
            "here": f"{base}/saml/discovery",
            "told": choose.told,
            "tick": choose.tick,
            "ticked": choose.ticked,
            "shown": int(choose.at.timestamp()),
            "reset": f"{base}/vaelg-login/nulstil" if choose.tick else None,
        },
    )


def _refusal(refusal: Refusal) -> Shown:
    back: dict[str, object]
    if refusal.answer is not None:
        back = {"target": refusal.answer.target, "fields": _fields(refusal)}
    elif refusal.service is not None:
        back = {"href": refusal.service.start_url}
    else:
        back = {"href": "/"}
    retry = organisation = better = None
    base = refusal.federation.base if refusal.federation else ""
    if refusal.retry is not None:
        retry = f"{base}/saml/discovery?flow={refusal.retry}&again=1"
    if refusal.organisation is not None:
        organisation = f"{base}/saml/organisation?flow={refusal.organisation}"
    if refusal.elsewhere is not None:
        fields = (("flow", refusal.retry), ("idp", refusal.elsewhere.code))
        action = f"{base}/saml/discovery"
        better = {"name": refusal.elsewhere.name, "action": action, "fields": fields}
    return Shown(
        "saml/error.html",
        {
            "explanation": explain(refusal.code),
            "code": refusal.code,
            "reference": refusal.reference,
            "federation": refusal.federation,
            "service_name": refusal.service.name if refusal.service else None,
            "duty": duty_of(refusal.federation, refusal.service),
            "back": back,
            "retry": retry,
            "retry_first": not refusal.anew,
            "better": better,
            "ask": refusal.ask,
            "came_by": refusal.came_by,
            "organisation": organisation,
            "several": refusal.several,
            "offer": refusal.offer,
        },
        refusal.http,
        form_targets=refusal.answer is not None or better is not None,
    )


def duty_of(federation: Federation | None, service: Service | None) -> Duty | None:
    """The phone for services of this one's class, which stands beside the service desk's."""
    return federation.duty_for(service.sla) if federation and service else None


def _fields(outcome: PostOn | Refusal) -> list[tuple[str, str]]:
    if outcome.answer is None:
        return []
    fields = [("SAMLResponse", encode_post(outcome.answer.issued.xml))]
    if outcome.answer.relay_state is not None:
        fields.append(("RelayState", outcome.answer.relay_state))
    return fields
