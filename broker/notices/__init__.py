"""Mail about roles, requests and people: to whom it matters, in one mail a turn, as they want it.

    model      a notice that waits, and how somebody wants to be told
    topics     every topic: whom it is for, and whether it may be turned off
    tables, store
               notices, and what people chose
    hearing    from an event of the audit trail to notices, in the event's own transaction
    recipients who administers, approves and works where
    gathering  from notices to the outbox: one mail for each person and turn
    reminding  what comes with time alone: roles that end, requests nobody answered, nobody there
    choosing   what somebody wants of it

A service records what happened and need not think of mail: `hearing` hears every event that the
trail is told of. The promise: a notice is there if its event is, and only then; nobody is told
of his own deeds, and nobody gets two mails in one turn.
"""
