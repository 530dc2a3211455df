"""Which key of ours counts now, and how we get from one to the next without anybody noticing.

    model       frozen facts: slots, epochs, plans with their instants, rules, marks
    holding     who is not ready, and keeps the old key
    choosing    phase(plan, now), and which epoch counts for a partner: pure
    publishing  which epochs stand in which document: pure
    validation, rules
                what speaks against a plan, and against what is decided for a partner: pure
    deciding    what follows when a plan is taken back or a key is known to others: pure
    showing     a plan as people read it: pure
    documents   a plan as a document says it
    tables, store
                plans and rules as rows; they end, and stay
    desk, partners, compromising
                decisions carried out inside a transaction, each with its audit event
    telling     what partners must hear of at once
    service, loader
                what operators do, by command and by document

Nothing has to happen at an instant. Every node reads the plan and the clock when it needs a
key, so that all of them switch at once, a late job is late and never wrong, and a plan that
is taken back is taken back for the next message.
"""
