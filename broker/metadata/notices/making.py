"""What notices are written with, made of an installation's settings."""

from broker.mail.letters import make_letters, operators_of
from broker.metadata.epochs import EpochFiles
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.metadata.model import Federation
from broker.metadata.notices.office import Office
from broker.metadata.notices.urgent import UrgentNews
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.rollover.model import Side
from broker.settings import Settings


def office_of(settings: Settings) -> Office:
    """Where mails about metadata and our keys are written."""

    def address(home: Federation, side: Side, row: int) -> str:
        return Tokens(load_secret(settings.keys / PSEUDONYM)).address(home, side, row)

    return Office(
        letters=make_letters(settings),
        origin=settings.origin,
        operators=operators_of(settings),
        key_of=EpochFiles(settings.keys).certificate,
        address=address,
    )


def urgent_news(settings: Settings) -> UrgentNews:
    """What tells partners that a switch was taken back, or that a key is known to others."""
    return UrgentNews(office_of(settings), ready_since)
