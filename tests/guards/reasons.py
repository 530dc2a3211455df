"""Guards that no test can miss, by name, each with the reason; it is printed beside the guard.

One that a test does miss, or that is gone, may not stand here: the run ends badly.
"""

REASONS = {
    "broker.saml.oces is_test [condition] _TEST_ARC not in der and (not any((mark in lower for "
    "mark in _TEST_MARKS)))": "a shortcut: all that it skips would say no as well, later",
    "broker.saml.revocation _verify [operand] algorithm is None": (
        "weak_hash refuses None as well; here it is for the type"
    ),
}
