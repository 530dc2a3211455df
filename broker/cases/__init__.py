"""Cases: something is asked for, people decide it step by step, and everybody sees how it goes.

    model       cases, steps and what happened: frozen facts
    documents   what is asked for, kind by kind, checked and kept as JSON
    machine     what a decision does, and when an answer is promised; pure
    rules       who may see a case and decide a step of it; nobody decides alone
    wanting     what may be asked for, who decides it, and the case that it makes
    members, connecting
                a member or an identity provider, and how the last approval carries it out
    letters     who is told of what
    hooks       what carries a case out, and what tells people of it
    tables, store
                every statement; a history that is only added to
    recording   what every change ends with
    service     open, take, ask, answer, approve, refuse, withdraw

    service.open(party, Opening("access", …, steps=(Planned("owner:dpsd", "service_owner",
                 service="dpsd"), Planned("operator", "operator", stage=2))), deed)

The promises: who opened a case decides no step of it; a step of one kind and a step of another
are two people, and so are two of one kind where `apart` says so. What was changed meanwhile is
never overwritten. The last approval and what it carries out are one transaction.
"""
