"""How many examples tests draw: few, and the same ones in each run; by hand as many as you like.

    BROKER_EXAMPLES=500 make test ARGS=tests/unit/roles/grants/test_machine.py

What is asked for by hand is drawn at random, and what fails is kept for the next run.
"""

import os

from hypothesis import settings

_ASKED = os.environ.get("BROKER_EXAMPLES")

settings.register_profile("few", derandomize=True, database=None)
settings.register_profile("asked", max_examples=int(_ASKED or 1))
settings.load_profile("asked" if _ASKED else "few")


def examples(few: int) -> int:
    """How many a test looks at that needs more or fewer than others."""
    return int(_ASKED or few)
