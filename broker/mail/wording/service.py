"""Words are changed by an operator, version by version, and the shipped ones come back."""

from dataclasses import dataclass

from broker.audit.events import MailWorded
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.mail.kinds import KINDS
from broker.mail.templates import Templates
from broker.mail.wording import store
from broker.mail.wording.checking import check
from broker.mail.wording.model import Texts, Version, shipped


@dataclass(frozen=True, slots=True)
class Wording:
    """What changes the words of mails; who may is asked above."""

    templates: Templates
    audit: AuditStore

    def current(self, connection: Connection, kind: str) -> tuple[Texts, int]:
        """The words that count, and the number of their version; 0 is as shipped and untouched.

        Raises Unknown("mail.kind").
        """
        if kind not in KINDS:
            raise Unknown("mail.kind", "no such kind of mail")
        last = next(iter(store.versions(connection, kind)), None)
        texts = last.texts if last is not None else None
        return texts or shipped(kind), last.version if last is not None else 0

    def change(
        self,
        connection: Connection,
        version: Version,
        before: int,
        reference: str,
    ) -> None:
        """Let a version count, made on top of the one `before`.

        Raises Unknown("mail.kind"), Refused("mail.changed") where somebody changed it meanwhile,
        and what checking its texts raises.
        """
        _texts, now = self.current(connection, version.kind)
        if now != before or version.version != now + 1:
            raise Refused("mail.changed", "changed by somebody else meanwhile")
        if version.texts is not None:
            check(self.templates, version.kind, version.texts)
        store.add(connection, version)
        event = MailWorded(
            kind=version.kind,
            version=version.version,
            what="changed" if version.texts is not None else "shipped",
            by=version.by,
            reason=version.reason,
        )
        self.audit.append(connection, event, at=version.at, reference=reference)
