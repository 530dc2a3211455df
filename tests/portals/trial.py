"""A section that is there for tests alone: one of everything that the shell offers."""

from dataclasses import dataclass

from flask import Response, request
from jinja2 import ChoiceLoader, DictLoader

from broker.demo.federation import DemoFederation
from broker.errors import NotAllowed, Refused, Unavailable, Unknown
from broker.portals import shell
from broker.portals.forms import (
    Form,
    Needed,
    RadioField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.permissions import OPERATORS, SIGNED_IN, may
from broker.portals.person import Person
from broker.portals.routes import Route, Section
from broker.portals.shell import Crumb
from broker.web.language import Text

_LIST = """
{% extends "portals/shell.html" %}{% block heading %}A list{% endblock %}{% block body %}
<table class="table table--reflow"><thead><tr><th scope="col">Number</th><th scope="col">When</th>
</tr></thead><tbody>{% for one in listed.rows %}<tr><td data-title="Number">{{ one }}</td>
<td data-title="When">{{ parts.moment(person.now) }}</td></tr>{% endfor %}</tbody></table>
{{ parts.pages(listed, tidy) }}{% endblock %}
"""
_FORM = """
{% extends "portals/shell.html" %}{% block heading %}A form{% endblock %}
{% block errors %}{{ parts.errors(form) }}{{ parts.changed(changes) }}{% endblock %}
{% block body %}<form method="post" novalidate>{{ parts.token() }}{{ form.version() }}
{{ parts.field(form.title, hint="As others know it") }}{{ parts.choices(form.colour) }}
{{ parts.field(form.note, optional=true) }}
<div class="actions"><button class="button button-primary" type="submit">Save</button></div></form>
{% endblock %}
"""
_PLAIN = """
{% extends "portals/shell.html" %}{% block heading %}Reached{% endblock %}
{% block body %}<p class="what">{{ said }}</p>{% endblock %}
"""


class Trial(Form):
    """A title that is needed, a colour, and a note."""

    title = StringField(Text("Title"), validators=[Needed(Text("Write a title")), Short(20)])
    colour = RadioField(
        Text("Colour"), choices=[choice("red", "Red"), choice("blue", "Blue")], default="red"
    )
    note = TextAreaField(Text("Note"), validators=[Short()])


@dataclass
class Kept:
    """What the form changes, and by which version of it."""

    title: str = "First"
    version: int = 1


KEPT = Kept()


def section(office: Office) -> Section:
    """A section of its own, for whoever is signed in."""
    del office

    def plain(person: Person) -> Response:
        return shell.page("trial/plain.html", person, said=request.args.get("said", "plain"))

    def listed(person: Person) -> Response:
        found = paged(range(1, 231), asked_page(request.args.get("page")))
        return shell.page("trial/list.html", person, crumbs=[Crumb("A list")], listed=found)

    def form(person: Person) -> Response:
        made = Trial(title=KEPT.title, version=str(KEPT.version))
        changes = made.changed({"title": KEPT.title}, str(KEPT.version))
        if not changes and made.sent():
            if made.title.data == "Taken":
                made.refuse(Refused("permission.unit", "taken"), field="title")
            else:
                KEPT.title, KEPT.version = str(made.title.data), KEPT.version + 1
                return shell.back(person, "trial.plain", said=KEPT.title)
        return shell.page("trial/form.html", person, form=made, changes=changes)

    def thing(person: Person, what: str) -> Response:
        del person
        raised = {
            "unknown": Unknown("organisation.unknown", "no such thing"),
            "allowed": NotAllowed("permission.organisation", "another's"),
            "refused": Refused("portal.choice", "no"),
            "unavailable": Unavailable("key.missing", "gone"),
        }
        raise raised[what]

    return Section(
        "trial",
        Text("Trial"),
        (
            Route("plain", "", SIGNED_IN, get=plain, menu=Text("Overview")),
            Route("listed", "list", SIGNED_IN, get=listed, menu=Text("List")),
            Route("form", "form", SIGNED_IN, get=form, post=form, menu=Text("Form")),
            Route("thing", "thing/<what>", may("federation.read", by=OPERATORS), get=thing),
            Route(
                "keys",
                "keys",
                may("federation.read", by=OPERATORS, fresh=True),
                get=plain,
                post=plain,
            ),
        ),
    )


def furnish(demo: DemoFederation) -> None:
    """Let the running broker find the templates above."""
    pages = {"trial/list.html": _LIST, "trial/form.html": _FORM, "trial/plain.html": _PLAIN}
    known = demo.broker.jinja_loader
    assert known is not None
    demo.broker.jinja_loader = ChoiceLoader([known, DictLoader(pages)])
