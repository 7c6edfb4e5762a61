"""What goes in and what comes out of graph, and the figures it runs by."""

from dataclasses import dataclass
from datetime import timedelta

from modules.kernel.shapes import Id, Ids, Moment, Nothing, Page, Query, Shape


class ByIds(Query):
    """Whom to tell about."""

    ids: Ids


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
    """A user's counts as he sees them himself, and whether others do."""

    counts: Counts
    are_hidden: bool


class Edge(Shape):
    """One end of an edge, seen from the other."""

    user_id: Id
    followed_at: Moment


class EdgePage(Shape):
    """A page of edges, newest first. Whoever knows cards makes an answer of it: profiles does."""

    edges: list[Edge]
    next: str | None
    prev: str | None


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Limits of the graph; `config/settings` fills it."""

    following_cap: int = 5_000
    # From here on an author's posts are pulled by readers instead of pushed to followers ...
    pull_threshold: int = 10_000
    # ... until he has fewer than this; the gap keeps an author on the edge from changing sides each minute.
    pull_demotion: int = 8_000
    # Pushed and pulled for so long afterwards: windows hold nothing of the time when he was only pulled.
    pull_overlap: timedelta = timedelta(days=7)
