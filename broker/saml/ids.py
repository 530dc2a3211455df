"""Message identifiers: 128 random bits, and an underscore because an xs:ID is no number."""

import secrets


def new_id() -> str:
    """A fresh ID for a message or an assertion. SAML Core 1.3.4."""
    return "_" + secrets.token_hex(16)
