"""Somebody whom a login lets in nowhere here, and another login that would: their own, or none.

Only what belongs to the same person is looked at, or to accounts that somebody confirmed to be
of the same human being. Nothing is told of anybody else.
"""

from datetime import timedelta

from broker.db import Connection
from broker.errors import BrokerError, NotAllowed
from broker.login.acting import Actors
from broker.login.discovery import open_idps
from broker.login.turn import Turn
from broker.metadata.model import ConnectedIdp
from broker.organisations import store as organisations
from broker.roles.answer import Said
from broker.roles.grants.store.issuing import issued_through

LATELY = timedelta(days=90)  # roles that somebody had longer ago may be gone
CODES = ("policy.no_role", "policy.account_not_active", "policy.idp_test_only")


def elsewhere(
    connection: Connection, turn: Turn, actors: Actors, error: BrokerError
) -> ConnectedIdp | None:
    """The open identity provider through which this very person has access, or None."""
    service, came = turn.service, turn.idp
    if error.code not in CODES or service is None or came is None or turn.person is None:
        return None
    try:
        narrowed = turn.asked.idps if turn.asked else ()
        open_now = open_idps(turn.registry, service, narrowed, turn.now)
    except NotAllowed:
        return None
    others = {idp.code: idp for idp in open_now if idp.row != came.row}
    if not others:
        return None
    path = turn.federation.path
    accounts = organisations.acting_for(connection, turn.person, path, None, turn.now)
    persons = {turn.person} | {account.person for account in accounts if account.person}
    for code in issued_through(connection, persons, service.code, path, turn.now - LATELY):
        if code in others:
            return others[code]
    for account in accounts:
        if came.cvrs is None or account.cvr in came.cvrs:
            continue  # this login would have found it
        able = (i for i in others.values() if i.cvrs is None or account.cvr in i.cvrs)
        better = next(able, None)
        if better is None:
            continue
        said = Said(better.code, better.cvrs, account.cvr, service.minimum, {})
        profile = service.speech.profile
        answer = actors.asking.answer(
            connection, path, service.code, account, said, profile, turn.now
        )
        if answer.issued:
            return better
    return None
