"""A change of keys rehearsed on a moved clock, with partners like the ones in the field.

    model       what is asked of a drill and what it found: attempts, by partner and phase
    behaviours, registered
                how partners load our metadata and what they make of it, in the field or here
    partner     services and identity providers that behave so
    setting, stage
                an installation of its own, thrown away afterwards
    running     the timeline: who loads when, who logs in when
    traffic     logins in flight while both sides switch
    telling     the report, for people and as JSON

Everything that signs, verifies and decrypts is the login path itself. Partners stand in for
registered ones, with keys of their own: nobody is asked anything, and no real key is used.
"""
