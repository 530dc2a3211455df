"""Invitations into the team of a service, also to people of other organisations: suppliers.

    model       an invitation, and how far it has come
    tables, store
                every statement on them
    service     invite, look, accept, withdraw

    service.invite(actor, target, Asked(name, email, cvr, "service_tech", ends), deed)

The promises: a link does nothing without a login of the organisation that was named; it works
once, for seven days, and is dead after five guesses. Whoever invited must still be allowed to
give the mandate when it is accepted, and can never be the one who accepts.
"""
