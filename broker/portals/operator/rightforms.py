"""Forms of the editor of rights to hand out, and the days that are written in them."""

from datetime import datetime

from broker.codelists import dates
from broker.portals.forms import Form, Needed, SelectField, Short, StringField, TextAreaField
from broker.web.language import Text as _

_REASON = (Needed(_("Write why")), Short(500))


class Give(Form):
    """A role that an organisation may hand out from now on."""

    role = SelectField(_("Role"), validators=[Needed(_("Choose a role"))])
    ceiling = TextAreaField(_("At most within"), validators=[Short(2000)])
    since = StringField(_("From"), validators=[Short(10)])
    until = StringField(_("Until"), validators=[Short(10)])
    reason = TextAreaField(_("Why"), validators=list(_REASON))


class Limit(Form):
    """Another ceiling."""

    ceiling = TextAreaField(_("At most within"), validators=[Short(2000)])
    since = StringField(_("From"), validators=[Short(10)])
    reason = TextAreaField(_("Why"), validators=list(_REASON))


class Withdraw(Form):
    """The end of what they may hand out."""

    until = StringField(_("Last day"), validators=[Short(10)])
    reason = TextAreaField(_("Why"), validators=list(_REASON))


def days(form: Form, *fields: str) -> dict[str, datetime | None] | None:
    """The days of these fields as instants; None where one is no date, and the form says so."""
    found: dict[str, datetime | None] = {}
    for name in fields:
        text = str(form[name].data or "").strip().replace(".", "-")
        try:
            read = dates.since(text) if name == "since" else dates.until(text)
            found[name] = read if text else None
        except ValueError:
            form[name].errors = [_("Write a date such as 31-12-2026")]
            return None
    return found


def after(since: datetime | None, now: datetime) -> datetime | None:
    """Today is now."""
    return None if since is None or since <= now else since
