"""What is wrong with the forms of a service, said when its document is read.

At a login the forms are trusted: nobody can be told then what to put right.
"""

from collections.abc import Iterator, Sequence

from broker.roles.form_templates import has_field, template_mistakes
from broker.roles.model import RoleForm
from broker.saml import names
from broker.saml.privileges_written import is_writable

INTERMEDIATE = frozenset({names.PRIVILEGES, names.OIO2_PRIVILEGES})
PRIVILEGE_ATTRIBUTES = INTERMEDIATE | {names.OIO2_PRIVILEGES_SIMPLE}
_UNTOLD = RoleForm("oiobpp")


def check_forms(forms: Sequence[RoleForm]) -> tuple[str, ...]:
    """Every mistake in a service's forms, in words for whoever wrote them; empty is well."""
    mistakes = [mistake for form in forms for mistake in _of_one(form)]
    if sum(form.kind in ("oiobpp", "simple") for form in forms) > 1:
        mistakes.append("only one form of privileges in an assertion (OIOBPP 3.6, rule 1)")
    taken: set[str] = set()
    for form in forms:
        mine = names_of(form)
        if taken & mine:
            mistakes.append(f"{form.kind}: two forms in one attribute")
        taken |= mine
    return tuple(mistakes)


def names_of(form: RoleForm) -> frozenset[str]:
    """The attribute names that a form may go out under, by whatever profile."""
    if form.attribute is not None:
        return frozenset({form.attribute})
    if form.kind == "oiobpp":
        return INTERMEDIATE
    return frozenset({names.OIO2_PRIVILEGES_SIMPLE if form.kind == "simple" else names.ROLE_CLAIM})


def _of_one(form: RoleForm) -> Iterator[str]:
    if form.attribute is not None and not is_writable(form.attribute):
        yield f"{form.kind}: an attribute needs a name"
    if form.kind == "oiobpp" or form.kind == "simple":
        wrong = PRIVILEGE_ATTRIBUTES - names_of(RoleForm(form.kind))
        if (form.template, form.none, form.delimitation) != (
            _UNTOLD.template,
            _UNTOLD.none,
            _UNTOLD.delimitation,
        ):
            yield f"{form.kind}: has no template, and no delimitation of its own"
    else:
        wrong = PRIVILEGE_ATTRIBUTES
        yield from (f"{form.kind}: {mistake}" for mistake in _of_template(form))
    if form.attribute in wrong:
        yield f"{form.kind}: {form.attribute} is the name of another form"


def _of_template(form: RoleForm) -> Iterator[str]:
    yield from template_mistakes(form.template, classic=form.kind == "classic")
    if form.delimitation is not None and not has_field(form.template, "delimitation"):
        yield "a delimitation type, but no {delimitation} in the template"
    if not is_writable(form.none) or (form.kind == "classic" and "_" in form.none):
        yield "what stands for no delimitation is empty, or holds what cannot be written"
