"""From what an IdP said to what a service is told: a small ordered pipeline with a trace.

    model       claims, mappings and what comes out, frozen
    vocabulary  one short name per attribute, in OIOSAML 3 and OIOSAML 2
    steps       pure functions: normalise, read privileges, derive roles, release
    policy      what an IdP may say of whom, checked before anything is mapped
    pipeline    the steps in order

Nothing here reads XML, a clock or a database.
"""
