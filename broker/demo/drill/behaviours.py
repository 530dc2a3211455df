"""How partners load our metadata, and what they make of it: what is seen in the field."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from broker.metadata.model import Localised
from broker.metadata.speech import Reads

Loads = Literal["always", "hourly", "daily", "once", "by hand"]
NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way of being a partner."""

    code: str
    words: Localised
    loads: Loads
    reads: Reads = "several"
    clock: timedelta = NO_TIME  # how far its clock is ahead; negative is behind


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "hourly",
        Localised("henter hver time, kan have flere nøgler", "loads hourly, holds several"),
        "hourly",
    ),
    Behaviour(
        "daily",
        Localised("henter dagligt, kan have flere nøgler", "loads daily, holds several"),
        "daily",
    ),
    Behaviour(
        "once",
        Localised("hentede ved varslet og aldrig siden", "loaded at the announcement, never since"),
        "once",
    ),
    Behaviour(
        "by-hand",
        Localised("skifter i hånden på slaget", "switches by hand, on the hour"),
        "by hand",
    ),
    Behaviour(
        "clock-behind",
        Localised(
            "skifter i hånden, uret fire minutter bagud", "by hand, clock four minutes behind"
        ),
        "by hand",
        clock=-timedelta(minutes=4),
    ),
    Behaviour(
        "clock-ahead",
        Localised(
            "skifter i hånden, uret fire minutter foran", "by hand, clock four minutes ahead"
        ),
        "by hand",
        clock=timedelta(minutes=4),
    ),
    Behaviour(
        "one-certificate",
        Localised("henter dagligt, kan have én nøgle", "loads daily, holds one certificate"),
        "daily",
        "one",
    ),
    Behaviour(
        "first-descriptor",
        Localised(
            "henter dagligt, læser kun den første nøgle", "loads daily, reads the first key only"
        ),
        "daily",
        "first",
    ),
)
STEADY = Behaviour("steady", Localised("altid ajour", "always up to date"), "always")
