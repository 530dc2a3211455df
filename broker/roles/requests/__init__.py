"""Asking for roles: what was asked, who may answer, until when, and what became of it.

    working_days  the time that people have, in Danish working days
    model         requests, decisions and what is wanted: frozen facts
    machine       what a decision does, who may take it, when it is overdue; pure
    words         every reason, in Danish and English
    store         every statement on requests and decisions
    drafts        carts that are being put together, page by page
    preview       what a cart would meet, before it is sent
    service       send, decide, withdraw; the last approval gives the grant in the same transaction
    four_eyes     giving where a role takes somebody else's approval too
    lists         work lists, one's own requests, and what the operator has to look at

Nothing here waits for a job: a request that nobody answered in time reads as expired or
escalated at every instant after, whether or not anybody was told by mail.
"""
