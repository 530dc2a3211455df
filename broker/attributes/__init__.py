"""From what an IdP said to what a service is told: a small ordered pipeline with a trace.

    model       claims, mappings and what comes out, frozen
    steps       pure functions: normalise, read privileges, derive roles
    policy      what an IdP may say of whom, checked before anything is mapped
    transforms  the named steps that a service's mapping may run on claims
    listed      what a mapping releases, and for which purpose
    written     what a service is told, in the words of its profile
    pipeline    a mapping read from its document, and all of it in order
    kept        mappings read once and used many times
    difference  what another version of a mapping would have told instead

Nothing here reads XML, a clock or a database.
"""
