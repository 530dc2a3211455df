"""Which key of ours counts now, and how we get from one to the next without anybody noticing.

    model       frozen facts: slots, epochs, plans with their instants, rules, marks
    choosing    phase(plan, now), and which epoch counts for a partner: pure
    publishing  which epochs stand in which document: pure
    tables, store
                plans and rules as rows; they end, and stay

Nothing has to happen at an instant. Every node reads the plan and the clock when it needs a
key, so that all of them switch at once, a late job is late and never wrong, and a plan that
is taken back is taken back for the next message.
"""
