"""A code redeemed: whoever was added with one takes the account over that waits for them.

Whoever has just signed in may try: the code is bound to the organisation whose number the
login asserted, ends after two weeks, and is dead after five attempts.
"""

from flask import Response

from broker.errors import BrokerError, NotAllowed
from broker.organisations.claims import Arrival, ClaimService
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField
from broker.portals.mounting import login_url
from broker.portals.office import Office
from broker.portals.organisation.here import deed_of
from broker.portals.permissions import SIGNED_IN
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text as _
from broker.web.render import go_to


class Redeem(Form):
    """The code as it was handed over."""

    code = StringField(_("Code"), validators=[Needed(_("Write the code")), Short(64)])


def routes(office: Office) -> tuple[Route, ...]:
    """The one page."""
    service = ClaimService(office.desk, office.identities)

    def redeem(person: Person) -> Response:
        form = Redeem()
        if form.sent():
            try:
                deed = deed_of(person, "redeemed a code")
                service.use(_arrival(office, person), str(form.code.data), deed)
            except BrokerError as error:
                form.refuse(error, field="code")
            else:
                # Said at the broker, which then asserts the account; so it holds everywhere (R22).
                home = f"/{person.federation.path}/portal/"
                return go_to(login_url(person.federation, home))
        return shell.page("portals/org/claim.html", person, crumbs=[Crumb(_("Code"))], form=form)

    return (Route("claim", "claim", SIGNED_IN, get=redeem, post=redeem),)


def _arrival(office: Office, person: Person) -> Arrival:
    """Who is there, as the login said it. Raises NotAllowed("claim.wrong") without a number."""
    session, path = person.session, person.federation.path
    idps = office.registry.current().idps_by_entity(path, [session.idp])
    if session.cvr is None or not idps:
        raise NotAllowed("claim.wrong", "the login spoke for no organisation")
    # The keys of this login find the person already; the next login notes them.
    return Arrival(path, session.person, (), session.cvr, idps[0])
