"""How large the synthetic country is, and what follows from that."""

from dataclasses import dataclass

BIG, MIDDLE = 5, 98  # regions and municipalities; everybody else is small
_PEOPLE_OF_A_UNIT = 4
_OWN_SEED = 1701


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are of each; everything else is drawn from the seed."""

    people: int
    organisations: int
    grants: int
    seed: int = _OWN_SEED

    def part(self, share: float) -> "Size":
        """The same country with a share of everybody."""
        return Size(
            max(20, round(self.people * share)),
            max(2, round(self.organisations * share)),
            max(100, round(self.grants * share)),
            self.seed,
        )

    @property
    def units(self) -> int:
        """Units of SOR: one for every few people, and one for each organisation at least."""
        return max(self.organisations, self.people // _PEOPLE_OF_A_UNIT)

    @property
    def heaviest(self) -> int:
        """How many people have as many grants as anybody."""
        return max(3, self.people // 1000)

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return max(2, self.people // 10)

    @property
    def to_groups(self) -> int:
        """How many of the grants are to groups."""
        return self.grants // 10

    def shares(self) -> list[float]:
        """The share of people of each organisation: two fifths in the big ones, and so on.

        The biggest has half of those: 40,000 people, as the largest region.
        """
        big = min(BIG, self.organisations)
        middle = min(MIDDLE, self.organisations - big)
        small = self.organisations - big - middle
        weights = [20.0, *([5.0] * (BIG - 1))][:big]
        weights += [0.35] * middle + [25.7 / max(small, 1)] * small
        whole = sum(weights)
        return [weight / whole for weight in weights]


FULL = Size(people=200_000, organisations=2_000, grants=1_000_000)
