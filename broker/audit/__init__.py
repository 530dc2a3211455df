"""What happened: the audit trail in the database and the security log beside it.

    events   the catalogue: one frozen dataclass for each event, with its personal fields stated
    masking  what may be written at all: no CPR numbers, no control characters, nothing endless
    store    the trail: append-only, one hash chain for each writer, numbered in blocks (R12)
    chained  a record as its chain knows it, and its hash
    proof    blocks sealed, heads exported, all of it verified, copied and removed by rule
    evidence  the messages of each login, encrypted to a key that lies offline (R11)
    subjects  what the trail says of one person
    flights  every decision of a login, for whoever helps the person
    tallies  how often what was refused, for those who watch over it
    tracing  whom an event is about: what the trail of an organisation is searched by
    log      one structured line for every refusal and every finished login (R8)

The promise: an event commits together with what it tells about or not at all, and a row of
the trail that was changed, removed or moved afterwards shows.
"""
