"""What happens by itself: one line per job, and no job twice, however many processes run them.

    model       a job, the turn it is given, and how it stands
    tables, store
                who holds which job until when; every claim is one conditional UPDATE
    runner      claims what is due, runs it, writes down how it went; and the loop around that
    purging     what has run out, deleted
    registered  build_jobs(): the one list of all jobs

A job comes due at multiples of its interval. Whoever claims it first runs it, and nobody else
until its lease has run out, which a job that lasts extends by `turn.goes_on()`. A process that
dies leaves its lease to the clock, and then another does the same turn. Turns that were missed
are done once, not one by one.

The promise: a job that is late is late and nothing else. No switch, no role and no opening waits
for one (D5 of the design: time is data), so all jobs standing still costs mails and news alone.
"""
