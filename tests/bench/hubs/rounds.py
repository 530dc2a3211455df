"""Hubs in turn, round after round, so that a busy minute falls on all of them alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from tests.bench.hubs import drive
from tests.bench.hubs.drive import Took
from tests.bench.hubs.running import Running
from tests.bench.timing import percentile


@dataclass(slots=True)
class Seen:
    """What one hub took: each round's logins, and the floor between them, where it has one."""

    alone: list[Took] = field(default_factory=list)
    crowd: list[Took] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Server CPU seconds of a login, its children's included: the middle round's."""
        return median(took.cpu for took in self.alone)

    @property
    def children(self) -> float:
        """The part of it that processes took which the worker started."""
        return median(took.children for took in self.alone)

    @property
    def floor(self) -> float:
        """CPU seconds of the cryptography alone."""
        return median(self.floors)

    @property
    def over_floor(self) -> float:
        """How many times the cryptography alone a login costs, each round compared with its own."""
        return median(took.cpu / f for took, f in zip(self.alone, self.floors, strict=True))

    @property
    def resident(self) -> float:
        """Bytes that the worker held at the end."""
        return (self.crowd or self.alone)[-1].resident

    def waited(self, share: float) -> float:
        """Seconds that share of the logins waited at most, one client alone."""
        return percentile([one for took in self.alone for one in took.waited], share)

    @staticmethod
    def per_second(rounds: list[Took]) -> float:
        """Logins a second, the middle round's."""
        return median(took.per_second for took in rounds)


def rounds(
    hubs: Mapping[str, Running],
    *,
    number: int,
    each: int,
    clients: int = 0,
    floors: frozenset[str] = frozenset(),
    say: Callable[[str], None],
) -> dict[str, Seen]:
    """So many rounds of so many logins each; then by several clients at once, where asked."""
    seen = {name: Seen() for name in hubs}
    for name, at in hubs.items():
        say(f"{name}: warming up")
        drive.logins(at.hub, at.peers, at.port, min(each, 30))
    for one in range(number):
        say(f"round {one + 1} of {number}")
        for name, at in hubs.items():
            before = drive.floor(at.port, each // 2) if name in floors else 0.0
            seen[name].alone.append(drive.logins(at.hub, at.peers, at.port, each))
            if name in floors:
                seen[name].floors.append((before + drive.floor(at.port, each // 2)) / 2)
            if clients:
                took = drive.logins(at.hub, at.peers, at.port, max(each, clients), clients)
                seen[name].crowd.append(took)
    return seen
