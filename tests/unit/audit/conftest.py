"""The trail that the tests of its proof have."""

from tests.unit.audit.trails import trail

__all__ = ["trail"]
