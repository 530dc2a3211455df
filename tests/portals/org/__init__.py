"""The organisation's portal over HTTP: what administrators do, and what they must not."""
