"""Who got which role, when, by whom and why; and how far an organisation may hand it out.

    model, facts   frozen facts; tables has their rows, store every statement on them
    service        give, extend, shorten, narrow, revoke; examining says what speaks against it
    entitlements   what an organisation may hand out, and its ceiling
    bundles        lists of roles to grant from; exceptions to separation of duties
    reports        who has what, what ends, what is unused
    words          every reason, in Danish and English

What gives a role now, at any instant, is one query: `store.effective`.
"""
