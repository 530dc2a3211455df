"""What the forms on a case's page do; the same in every portal that shows a case."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request

from broker.cases.model import Case
from broker.errors import Refused
from broker.portals import shell
from broker.portals.casework.forms import Answer, Decide
from broker.portals.casework.making import cases, deed, party
from broker.portals.casework.showing import shown
from broker.portals.casework.wording import done
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.web.language import Text as _
from broker.web.render import go_to

APPROVED = "godkendt"  # what is recorded where somebody approves without a word


@dataclass(frozen=True, slots=True)
class CasePage:
    """The page of one case in one portal: `show` and `act` are its views."""

    office: Office
    listing: str  # the route of the list that it stands in
    name: _

    def show(self, person: Person, reference: str) -> Response:
        """The case."""
        case = self._case(person, reference)
        return self._page(person, case, Decide(version=str(case.version)), Answer())

    def act(self, person: Person, reference: str) -> Response:
        """Whichever form of the page was sent."""
        case = self._case(person, reference)
        match request.form.get("act"):
            case "decide":
                return self._decide(person, case)
            case "take":
                cases(self.office).take(
                    party(person), case.id, case.version, deed(person, "tager sagen")
                )
                return self._back("taken")
            case "invite":
                cases(self.office).invite(
                    party(person), case.id, "officer", deed(person, "nyt link")
                )
                return self._back("invited")
            case "answer" | "withdraw" as what:
                return self._answer(person, case, what)
        raise Refused("portal.choice", "no such form")

    def _decide(self, person: Person, case: Case) -> Response:
        form = Decide()
        step = str(form.step.data or "")
        if not form.sent():
            return self._page(person, case, form, Answer(formdata=None))
        choice, said = str(form.deed.data), str(form.reason.data or "").strip()
        if choice != "approve" and not said:
            form.reason.errors = [_("Write a reason, or what you want to know")]
            return self._page(person, case, form, Answer(formdata=None))
        service, version = cases(self.office), _version(form.version.data)
        act = {"approve": service.approve, "ask": service.ask, "refuse": service.refuse}[choice]
        try:
            act(party(person), case.id, step, version, deed(person, said or APPROVED))
        except Refused as error:
            form.refuse(error)
            now = self._case(person, case.reference)
            form.version.data = str(now.version)
            return self._page(person, now, form, Answer(formdata=None))
        return self._back({"approve": "approved", "ask": "asked", "refuse": "refused"}[choice])

    def _answer(self, person: Person, case: Case, what: str) -> Response:
        form, service = Answer(), cases(self.office)
        if not form.sent():
            return self._page(person, case, Decide(formdata=None), form)
        act = service.answer if what == "answer" else service.withdraw
        try:
            version = _version(form.version.data)
            act(party(person), case.id, version, deed(person, str(form.words.data)))
        except Refused as error:
            form.refuse(error)
            return self._page(person, case, Decide(formdata=None), form)
        return self._back("answered" if what == "answer" else "withdrawn")

    def _case(self, person: Person, reference: str) -> Case:
        return cases(self.office).read(party(person), person.federation.path, reference)

    def _page(self, person: Person, case: Case, decide: Decide, answer: Answer) -> Response:
        form = answer if any(True for _fault in answer.faults()) else decide
        answer.version.data = str(case.version)
        crumbs: Sequence[Crumb] = (
            Crumb(self.name, shell.link(person, self.listing)),
            Crumb(case.reference),
        )
        return shell.page(
            "portals/cases/case.html",
            person,
            crumbs=crumbs,
            notice=done(request.args.get("done")),
            form=form,
            view=shown(self.office, person, case),
            decide=decide,
            answer=answer,
        )

    def _back(self, what: str) -> Response:
        return go_to(f"{request.path}?done={what}")


def _version(said: object) -> int:
    """The version that a page was made of; none that there is where it says none."""
    return int(said) if isinstance(said, str) and said.isascii() and said.isdigit() else 0
