"""Who is ready for a change of our keys, and how we know.

    model     signs, claims, and how ready a partner is: frozen
    levels    from evidence to a level, at any instant: pure
    risks     whom to ring first: pure
    signals   what was seen, summed in memory until it is kept
    seeing    who fetched which document
    tables, store
              sums by the hour and claims, which are never changed
    gathering all that is known of the partners of a plan
    service   the same for whoever asks: levels, a board, claims

Signs are weak to strong: fetched, said so, tried, used. Nothing here decides which key signs.
"""
