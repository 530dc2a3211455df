"""A service from nothing to production, as its owner sees it.

What an owner writes is *saved* here and counts for nothing. It comes *into operation* in the
test environment when the owner says so, and in production when somebody else has approved it.

    model       what is saved of a service, what is asked for, and the two environments
    tables, store
                rows of both, in the caller's transaction
    operating   what is in operation now, read back as an owner would have written it
    carrying    what is saved brought into operation: metadata, roles, attributes, logins at once
    verdicts    what is right and wrong with it, field by field, in words that say what to change
    comparing   what would change, as a list
    preview     exactly what a person would carry
    checklist   what production asks for, and what of it is there
    service     begin, save, put into test
    widening    whether a change opens more than there is, which no owner decides
    casework    the same decided as a case, in the operator's list
    changing    ask for production, a change or a removal; decide; carry out on the day
"""
