"""How a portal adds its pages: a Section of Routes, each with what it needs of the person."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from broker.portals.permissions import Need, shows
from broker.portals.person import Person
from broker.web.language import Text

# A view is called with the person and with what its path names.
View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One page, at `/<federation>/portal/<section>/<path>`.

    `post` is what a form of it does; both are behind the same need. `menu` puts it into the
    section's navigation.
    """

    name: str  # unique in the section: `link("org.people")`
    path: str  # "" is the section's own first page
    needs: Need
    get: View | None = None
    post: View | None = None
    menu: Text | None = None
    largest: int | None = None  # bytes of what may be posted, where a form carries a file

    @property
    def methods(self) -> tuple[str, ...]:
        """What may be asked of it."""
        return tuple(m for m, view in (("GET", self.get), ("POST", self.post)) if view)


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for somebody, as the front page says it: words, and where."""

    words: Text | str
    href: str


@dataclass(frozen=True, slots=True)
class Section:
    """One portal: a code that begins its addresses, a name, and its pages, the first one first."""

    code: str
    name: Text
    routes: tuple[Route, ...]
    purpose: Text | None = None  # what one does there, for the front page
    tasks: Callable[[Person], tuple["Task", ...]] | None = None  # what waits for this person
    only: Callable[[Person], bool] | None = None  # for whom it stands in the navigation

    def shown_to(self, person: Person) -> bool:
        """Whether it stands in this person's navigation."""
        wanted = self.only is None or self.only(person)
        return wanted and shows(person, self.routes[0].needs)

    def menu(self, person: Person) -> tuple[Route, ...]:
        """The pages in its own navigation that are this person's."""
        return tuple(r for r in self.routes if r.menu is not None and shows(person, r.needs))


def endpoint(section: str, route: str) -> str:
    """What Flask calls a page."""
    return f"{section}_{route}"
