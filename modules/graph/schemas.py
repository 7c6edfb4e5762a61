"""What goes in and what comes out of graph, and the figures it runs by."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from modules.kernel.shapes import Id, Nothing, Page, Shape, UtcDateTime


class Relationship(Shape):
    """How the caller and one other user stand."""

    user_id: Id
    following: bool
    followed_by: bool


class RelationshipPage(Page[Relationship, Nothing, Nothing]):
    """The caller's relationship to each user asked for, in the order asked."""


class Counts(Shape):
    """How many follow a user, and how many the user follows; null if the user hides it."""

    followers: int | None
    following: int | None


class OwnCounts(Shape):
    """A user's counts as they see them themselves, and whether others do."""

    counts: Counts
    are_hidden: bool


class Edge(Shape):
    """One end of an edge, seen from the other."""

    user_id: Id
    followed_at: UtcDateTime


class EdgePage(Shape):
    """A page of edges, newest first. Whoever knows cards makes an answer of it: profiles does."""

    edges: list[Edge]
    next: str | None
    prev: str | None


class Ties(NamedTuple):
    """What stands between a viewer and the people of one page; blocks and mutes will stand here too."""

    followed: frozenset[int]


class Viewer:
    """
    Who looks, and how they stand with the people of one page.

    Nothing is read before the first question, and then what stands with everybody of the page is read at
    once. So a page on which nothing depends on who looks costs nothing more.
    """

    __slots__ = ("_person_ids", "_read", "_ties", "id")

    def __init__(
        self,
        id: int,
        read: Callable[[int, AbstractSet[int]], Ties],
        person_ids: AbstractSet[int] = frozenset(),
        *,
        ties: Ties | None = None,
    ) -> None:
        """Keep who it is (0 is nobody), who is on the page, and what was read of them already, if it was."""
        self.id = id
        self._read = read
        self._person_ids = person_ids
        self._ties = ties

    def among(self, person_ids: AbstractSet[int], *, ties: Ties | None = None) -> "Viewer":
        """Return the same viewer before these people; `ties` is what was read of them already, if it was."""
        if not self.id or (ties is None and person_ids <= self._person_ids):
            return self
        return Viewer(self.id, self._read, person_ids, ties=ties)

    def follows(self, person_id: int) -> bool:
        """
        Return whether the viewer follows somebody of the page.

        :raises LookupError: if that is nobody of the page: one question each would be a trip each
        """
        if self._ties is None:
            self._ties = self._read(self.id, self._person_ids)
        if person_id in self._ties.followed:
            return True
        if self.id and person_id not in self._person_ids:
            raise LookupError(f"{person_id} is not on the viewer's page.")
        return False


def _read_nothing(viewer_id: int, person_ids: AbstractSet[int]) -> Ties:
    return Ties(frozenset())


# Who is not logged in, and whoever asks for what everybody may see.
PUBLIC_VIEWER = Viewer(0, _read_nothing)


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Limits of the graph; `config/settings` fills it."""

    following_cap: int = 5_000
    # From here on an author's posts are pulled by readers instead of pushed to followers ...
    pull_threshold: int = 10_000
    # ... until they have fewer than this; the gap keeps an author at the line from changing sides.
    pull_demotion: int = 8_000
    # Pushed and pulled for so long afterwards: windows hold nothing of the time when they were only pulled.
    pull_overlap: timedelta = timedelta(days=7)
