"""The flight recorder: every decision of a login in order, for whoever helps the person.

    model          a flight: one browser request that ended a login, or was refused
    waiting        refusals that no transaction was open for, bounded, until the next minute's
    tables, store  kept for 180 days, found by reference and by person

A login that comes to an end writes its flight in its own transaction. It holds codes, counts and
our own random identifiers, never what an identity provider said of a person.
"""
