"""The form of one role, and the table of a document that it stands for."""

from collections.abc import Mapping

from broker.portals.forms import (
    BooleanField,
    Field,
    Form,
    Needed,
    RadioField,
    SelectMultipleField,
    Short,
    StopValidation,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.owner.saving import Wrong, table, text
from broker.registrations.model import Content
from broker.saml.privileges_written import is_privilege_uri
from broker.web.language import Text, said
from broker.web.language import Text as _

MOST_DAYS = 3660
NO_CODE: Text = _("Use letters a–z, digits and hyphens, and begin with a letter")
NO_URN: Text = _("Write a URN, such as urn:dk:sundhed:service:role")


class RoleForm(Form):
    """One role: its names, what it gives, and what it is narrowed by."""

    code = StringField(_("Code"), validators=[Needed(_("Write a code")), Short(64)])
    urn = StringField("URN", validators=[Short(200)])
    name_da = StringField(
        _("Name in Danish"), validators=[Needed(_("Write the name in Danish")), Short()]
    )
    name_en = StringField(
        _("Name in English"), validators=[Needed(_("Write the name in English")), Short()]
    )
    description_da = TextAreaField(
        _("What one may with it, in Danish"),
        validators=[Needed(_("Write in Danish what one may with it")), Short(600)],
    )
    description_en = TextAreaField(
        _("What one may with it, in English"),
        validators=[Needed(_("Write in English what one may with it")), Short(600)],
    )
    sensitivity = RadioField(
        _("How sensitive is what it opens?"),
        choices=[
            choice("normal", _("Ordinary")),
            choice("sensitive", _("Sensitive: data about patients")),
            choice("extra_sensitive", _("Extra sensitive: asked for separately each time")),
        ],
    )
    types = SelectMultipleField(_("It is narrowed to"), choices=[])
    needed = BooleanField(_("Nobody may have it without such a unit"))
    max_days = StringField(_("Lasts at most, in days"), validators=[Short(5)])

    def validate_code(self, field: Field) -> None:
        """Said together with everything else that is wrong."""
        if not is_code(text(field.data)):
            raise StopValidation(NO_CODE)

    def validate_urn(self, field: Field) -> None:
        """As with the code, which may become its end."""
        urn = text(field.data)
        if not is_privilege_uri(f"{urn}x" if urn.endswith(":") else urn):
            raise StopValidation(NO_URN)

    def offer(self, types: Mapping[str, object]) -> None:
        """The delimitation types there are."""
        self.types.choices = [
            choice(id_, said(getattr(kind, "name", id_))) for id_, kind in sorted(types.items())
        ]


def is_code(code: str) -> bool:
    """Whether a role can be called so among machines."""
    return code.replace("-", "").isalnum() and code.isascii() and code[:1].isalpha()


def kept_role(role: Mapping[str, object] | None, service: str) -> dict[str, object]:
    """The fields of a role as it is saved; of none, what a new one begins with."""
    if role is None:
        return {"urn": f"urn:dk:sundhed:{service}:", "sensitivity": "normal", "types": []}
    name, description = table(role.get("name")), table(role.get("description"))
    limits = Content(role).listed("delimitations")
    return {
        "code": role.get("code", ""),
        "urn": role.get("urn", ""),
        "name_da": name.get("da", ""),
        "name_en": name.get("en", ""),
        "description_da": description.get("da", ""),
        "description_en": description.get("en", ""),
        "sensitivity": role.get("sensitivity", "normal"),
        "types": [str(one.get("type")) for one in limits],
        "needed": any(one.get("least", 1) != 0 for one in limits),
        "max_days": str(role.get("max_days", "")),
    }


def made_role(form: RoleForm, before: Mapping[str, object] | None) -> dict[str, object]:
    """The role that a form stands for; what the form does not ask about stays. Raises Wrong."""
    known = dict(before or {})
    code = str(known.get("code") or text(form.code.data))
    urn = str(known.get("urn") or text(form.urn.data))
    if urn.endswith(":"):
        urn += code.lower()
    if not is_code(code):
        raise Wrong("code", NO_CODE)
    if not is_privilege_uri(urn):
        raise Wrong("urn", NO_URN)
    limits = {str(one.get("type")): dict(one) for one in Content(known).listed("delimitations")}
    least = 1 if form.needed.data else 0
    types = []
    for type_ in form.types.data or ():
        old = limits.get(type_, {"type": type_, "own_unit": True})
        types.append({**old, "least": max(least, 0) if least == 0 else max(old.get("least", 1), 1)})
    made = {
        **known,
        "code": code,
        "urn": urn,
        "name": {"da": text(form.name_da.data), "en": text(form.name_en.data)},
        "description": {
            "da": text(form.description_da.data),
            "en": text(form.description_en.data),
        },
        "sensitivity": str(form.sensitivity.data),
        "delimitations": types,
    }
    days = text(form.max_days.data).replace(" ", "").replace(".", "")
    made.pop("max_days", None)
    if days:
        if not days.isdigit() or not 1 <= int(days) <= MOST_DAYS:
            raise Wrong("max_days", _("Write a number of days from 1 to 3660, or nothing"))
        made["max_days"] = int(days)
    return made
