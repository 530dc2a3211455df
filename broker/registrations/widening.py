"""Whether a change lets more people in or tells more of them: then no owner decides it alone."""

from collections.abc import Mapping

from broker.registrations.model import Content
from broker.saml.assurance import Assurance

_GUARDS = ("require_role", "require_signed_requests")


def widens(before: Content | None, after: Content) -> bool:
    """Whether a change does more than a service's owners settle between themselves.

    A login is opened by the operator, and so is one that the operator has closed meanwhile.
    The same goes for a lower level, for an attribute more, and for a guard that goes.
    """
    then = before or Content({})
    new_logins = _names(after.listed("wanted"), "code") - _names(then.listed("wanted"), "code")
    more_told = _names(after.release, "source") - _names(then.release, "source")
    plain = after.document.get("plaintext") is True and then.document.get("plaintext") is not True
    dropped = any(_on(then, guard) and not _on(after, guard) for guard in _GUARDS)
    return bool(new_logins or more_told or plain or dropped or _level(after) < _level(then))


def _names(entries: tuple[Mapping[str, object], ...], key: str) -> frozenset[str]:
    return frozenset(str(one.get(key, "")) for one in entries)


def _on(content: Content, guard: str) -> bool:
    return content.document.get(guard) is True


def _level(content: Content) -> Assurance:
    return Assurance.from_word(content.text("minimum")) or Assurance.LOW
