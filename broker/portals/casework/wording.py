"""Cases in words: kinds, states, whom a step waits for, and what happened."""

from broker.cases.model import Case, CaseEvent, CaseKind, CaseState, Decider, Happening, StepState
from broker.errors import BrokerError
from broker.roles.grants.words import WORDS as GRANTS
from broker.web.language import Text, said
from broker.web.language import Text as _
from broker.web.texts import explain

KIND: dict[CaseKind, Text] = {
    "organisation": _("New member"),
    "access": _("More roles to hand out"),
    "idp": _("New identity provider"),
    "service": _("Service in production"),
    "vendor": _("Test access of a vendor"),
}
STATE: dict[CaseState, Text] = {
    "open": _("In progress"),
    "asked": _("Waits for an answer"),
    "approved": _("Approved"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn by the applicant"),
}
WAITS: dict[str, Text] = {
    "operator": _("The operator"),
    "service_owner": _("Service owners"),
    "security_officer": _("The security officer"),
    "applicant": _("The applicant"),
    "": _("Nobody"),
}
STEP_STATE: dict[StepState, Text] = {
    "later": _("Not yet"),
    "open": _("Waiting"),
    "approved": _("Approved"),
    "refused": _("Refused"),
}
_DECIDER: dict[Decider, Text] = {
    "operator": _("The operator checks and activates"),
    "service_owner": _("The service's owner approves"),
    "security_officer": _("The security officer approves"),
    "applicant": _("The applicant"),
}
_STEPS: dict[str, Text] = {
    "metadata": _("Metadata checked"),
    "test_login": _("Test login seen"),
    "mapping": _("Attributes mapped, and tried in shadow"),
    "open": _("Opened for the first service"),
}
_HAPPENED: dict[Happening, Text] = {
    "opened": _("The case was opened"),
    "taken": _("Somebody works on the case"),
    "asked": _("A question was asked"),
    "answered": _("The question was answered"),
    "approved": _("Approved"),
    "refused": _("Refused"),
    "withdrawn": _("The case was taken back"),
    "invited": _("The security officer was sent a link"),
    "noted": _("Something was noted"),
}
DONE: dict[str, Text] = {
    "opened": _("The case has been sent. You get a mail when something happens in it."),
    "taken": _("You have taken the case."),
    "asked": _("The question has been sent. The promised time stands still until the answer."),
    "answered": _("Your answer has been sent."),
    "approved": _("You have approved."),
    "refused": _("You have refused."),
    "withdrawn": _("The case has been taken back."),
    "invited": _("A new link has been sent. The earlier one does not work any more."),
    "noted": _("It has been saved."),
}


def step_name(case: Case, code: str, services: dict[str, str]) -> str:
    """What a step is called; an owner's with the name of the service."""
    step = case.step(code)
    if code in _STEPS:
        return str(_STEPS[code])
    if step is None:
        return code
    if step.service is not None:
        return f"{services.get(step.service, step.service)}: {_DECIDER[step.decider]}"
    return str(_DECIDER[step.decider])


def happened(case: Case, event: CaseEvent, services: dict[str, str]) -> str:
    """What happened, with the step that it happened in."""
    words = str(_HAPPENED[event.what])
    if event.step is None or event.what in ("invited", "answered"):
        return words
    return f"{words} – {step_name(case, event.step, services)}"


def done(code: str | None) -> Text | None:
    """What has just been done, for the top of a page."""
    return DONE.get(code or "")


def fault(error: BrokerError) -> Text | str:
    """What a service said no to, in words for the field that it is about."""
    known = GRANTS.get(error.code)
    if known is not None:
        return said(known).replace("{what}", error.detail)
    explanation = explain(error.code)
    return f"{explanation.title}. {explanation.what}"
