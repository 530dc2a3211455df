"""The messages of each login with their signatures, kept for 180 days, and read by nobody here.

    model   what is kept: the messages to the byte, and what they are bound to
    box     encrypted to a key whose private half lies offline (HPKE, RFC 9180)
    tables, store  one row for the end of a login, one for a service's signed request
    keeping boxes made and kept; requests wait in memory for a second
    papers  taken out for whoever has the key, and opened where it is

The end of a login is written in its transaction, and the audit event names it by its SHA-256: a
box that was exchanged or removed shows. A service's request comes in an earlier transaction of
the browser; it is kept once its signature was verified, and once however often it is repeated,
so that nobody grows the store who is not a registered service (R8). Unsigned requests prove
nothing and are not kept. R11.
"""
