"""The one address of the test login: where the broker sends people, who are sent back at once."""

from pathlib import Path

from flask import Blueprint, Response, abort, request

from broker.clock import Clock
from broker.db import Engine, writing
from broker.errors import Refused
from broker.metadata.keyrings import Keyrings
from broker.metadata.registry import RegistryCache
from broker.saml.bindings import encode_post
from broker.trials.idp import TestIdp, suits
from broker.trials.service import PREFIX, Trials
from broker.web.render import page


def blueprint(
    registry: RegistryCache,
    keyrings: Keyrings,
    folder: Path,
    engine: Engine,
    trials: Trials,
    clock: Clock,
) -> Blueprint:
    """The identity provider behind test logins, in each federation that has one."""
    views = Blueprint("trials", __name__)

    @views.get("/<federation>/test-login/sso")
    def sso(federation: str) -> Response:
        known, now = registry.current(), clock()
        home = known.federation(federation)
        if not suits(home):
            abort(404)
        idp = TestIdp(home, folder)
        if not idp.key_path.exists():
            abort(404)
        keys, query = keyrings.at(known.rollovers, home.path, now), request.query_string
        asked = idp.read(query, keys)
        with writing(engine) as connection:
            trial = trials.of_cookie(connection, home, request.cookies.get(PREFIX + home.path), now)
            service = next(
                (s for s in known.services(home.path) if s.sp.entity_id in asked.requester_ids),
                None,
            )
            if trial is None or service is None or trial.service != service.code:
                raise Refused("trial.not_chosen", "no choices of this browser for that service")
            answer = idp.answer(asked, trial, keys, now)
            if trial.choices.fault == "cancelled":
                trials.failed(connection, trial.id, "idp.cancelled", now)
        fields = [("SAMLResponse", encode_post(answer.xml))]
        relay_state = request.args.get("RelayState")
        if relay_state is not None:
            fields.append(("RelayState", relay_state))
        context = {
            "service_name": service.name,
            "target": home.acs_url,
            "fields": fields,
            "federation": home,
        }
        return page("saml/post.html", form_targets=True, context=context)

    return views
