"""One demo for the tests of changes: what is planned there is nobody else's business."""

from tests.portals.certificates.conftest import change

__all__ = ["change"]
