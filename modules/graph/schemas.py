"""What goes in and what comes out of graph, and the figures it runs by."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NamedTuple, Protocol, cast

from pydantic import Field

from modules.kernel.card_layout import RenderedCard
from modules.kernel.shapes import Body, Id, Nothing, Page, Shape, UtcDateTime

# What becomes of open requests when an account goes public.
Pending = Literal["accept", "reject", "keep"]


class FollowOptions(Body):
    """What a follower wants of whom they follow; what is left out stays as it is."""

    # The factories keep defaults out of the schema; only what was sent is applied.
    notify: bool = Field(default_factory=bool, description="Whether to be told of each of their posts.")
    reposts: bool = Field(default_factory=bool, description="Whether to see what they repost.")


class Relationship(Shape):
    """
    How the caller and one other user stand.

    Who is `requested` has yet to consent, and is not followed; `notify` and `reposts` are the caller's
    options of following or asking, and false where they do neither.
    """

    user_id: Id
    following: bool
    followed_by: bool
    requested: bool
    requested_by: bool
    notify: bool
    reposts: bool
    blocking: bool
    muting: bool
    muted_until: UtcDateTime | None = Field(description="When the mute ends; null if nothing ends it.")


class MuteOptions(Body):
    """How to mute somebody."""

    expires_at: UtcDateTime | None = Field(
        default=None, description="When the mute ends, at most a year from now; null or nothing: never."
    )
    notifications: bool = Field(
        default=True, description="Whether notifications about the muted user stay away as well."
    )


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
    since: UtcDateTime


class EdgePage(Shape):
    """A page of edges, newest first. Whoever knows cards makes an answer of it: profiles does."""

    edges: list[Edge]
    next: str | None
    prev: str | None


# How a viewer stands with somebody, where it is not as with everybody: bits, for there may be several.
BLOCKING, BLOCKED_BY, MUTED, REPOSTS_HIDDEN, NOTIFICATIONS_MUTED = 1, 2, 4, 8, 16
# Whoever stands so is not told of.
SILENCING = BLOCKING | BLOCKED_BY | NOTIFICATIONS_MUTED

# The kind of card that holds one viewer's exceptions, under the viewer's own id.
TIES = "ties"


class TiesHead(NamedTuple):
    """Whether an entry holds all exceptions of its viewer; there may be too many."""

    is_whole: bool


class Exceptions(NamedTuple):
    """With whom a viewer stands not as with everybody; unless `is_whole`, there are more."""

    bits: Mapping[int, int]
    is_whole: bool


class Sources(Protocol):
    """Where a viewer reads how they stand with people."""

    def read_followed(self, viewer_id: int, person_ids: AbstractSet[int], /) -> frozenset[int]:
        """Return those of the people whom the viewer follows."""

    def read_exceptions(self, viewer_id: int, /) -> Exceptions:
        """Return the viewer's exceptions."""

    def read_exceptions_among(self, viewer_id: int, person_ids: AbstractSet[int], /) -> dict[int, int]:
        """Return the viewer's exceptions among these people, of whoever has more than an entry holds."""

    def unpack(self, entry: RenderedCard[TiesHead], /) -> Exceptions:
        """Return the exceptions that an entry holds."""


class _Ties:
    """What one request has learned of a viewer's exceptions, on whichever of its pages."""

    __slots__ = ("among", "exceptions")

    def __init__(self) -> None:
        """Know nothing yet."""
        self.exceptions: Exceptions | None = None
        # By person, where the exceptions are too many to be known as a whole.
        self.among: dict[int, int] = {}


class Viewer:
    """
    Who looks, and how they stand with the people of one page.

    Nothing is read before the first question, and then what stands with everybody of the page is read at
    once. Exceptions (whom the viewer blocks or mutes, who blocks them) come with the cards of a page, in the
    same round trip, if whoever loads those asks for what the viewer `lacks` and lets them `learn` of it.
    """

    __slots__ = ("_followed", "_person_ids", "_sources", "_ties", "id")

    def __init__(
        self,
        id: int,
        sources: Sources,
        person_ids: AbstractSet[int] = frozenset(),
        *,
        followed: frozenset[int] | None = None,
        ties: _Ties | None = None,
    ) -> None:
        """Keep who it is (0 is nobody), who is on the page, and what is known of them already."""
        self.id = id
        self._sources = sources
        self._person_ids = person_ids
        self._followed = followed
        self._ties = ties or _Ties()

    def among(self, person_ids: AbstractSet[int], *, followed: frozenset[int] | None = None) -> "Viewer":
        """Return the same viewer before these people; `followed` is whom they follow, if it was read."""
        if not self.id or (followed is None and person_ids <= self._person_ids):
            return self
        return Viewer(self.id, self._sources, person_ids, followed=followed, ties=self._ties)

    @property
    def lacks(self) -> dict[str, list[int]]:
        """Return what to load beside the cards of a page, ids by the name of their kind."""
        return {TIES: [self.id]} if self.id and self._ties.exceptions is None else {}

    def learn(self, loaded: Mapping[str, Mapping[int, Any]], unavailable: Mapping[int, Exception]) -> None:
        """
        Take what the viewer lacked from what was loaded.

        :raises InstanceUnavailable: if it cannot be read now: nobody could tell what may be shown
        """
        if not self.lacks:
            return
        entry = loaded.get(TIES, {}).get(self.id)
        if entry is not None:
            self._ties.exceptions = self._sources.unpack(entry)
        elif (error := unavailable.get(self.id)) is not None:
            raise error

    @property
    def muted_ids(self) -> frozenset[int]:
        """Return whom the viewer mutes, as far as that was read: to look for less, not to decide."""
        known = self._ties.exceptions
        return frozenset(id for id, bits in known.bits.items() if bits & MUTED) if known else frozenset()

    def follows(self, person_id: int) -> bool:
        """
        Return whether the viewer follows somebody of the page.

        :raises LookupError: if that is nobody of the page: one question each would be a trip each
        """
        if self._followed is None:
            self._followed = self._sources.read_followed(self.id, self._person_ids)
        if person_id in self._followed:
            return True
        self._require_of_page(person_id)
        return False

    def hides(self, person_id: int) -> bool:
        """Return whether a block stands between the viewer and somebody of the page, from whichever side."""
        return bool(self._bits_of(person_id) & (BLOCKING | BLOCKED_BY))

    def is_blocked_by(self, person_id: int) -> bool:
        """Return whether somebody of the page blocks the viewer."""
        return bool(self._bits_of(person_id) & BLOCKED_BY)

    def mutes(self, person_id: int) -> bool:
        """Return whether the viewer mutes somebody of the page, now."""
        return bool(self._bits_of(person_id) & MUTED)

    def is_silent_about(self, person_id: int) -> bool:
        """Return whether the viewer is not to be told of somebody of the page, by a block or such a mute."""
        return bool(self._bits_of(person_id) & SILENCING)

    def hides_reposts_of(self, person_id: int) -> bool:
        """Return whether the viewer follows somebody of the page without what they repost."""
        return bool(self._bits_of(person_id) & REPOSTS_HIDDEN)

    def _bits_of(self, person_id: int) -> int:
        """Return how the viewer stands with somebody of the page; LookupError as in `follows`."""
        known = self._ties.exceptions
        if known is not None and known.is_whole and person_id in self._person_ids:
            return known.bits.get(person_id, 0)
        return self._find_bits(person_id) if self.id else 0

    def _find_bits(self, person_id: int) -> int:
        """Return the same where it must be read, or is not known as a whole."""
        self._require_of_page(person_id)
        ties = self._ties
        if ties.exceptions is None:
            ties.exceptions = self._sources.read_exceptions(self.id)
        if ties.exceptions.is_whole:
            return ties.exceptions.bits.get(person_id, 0)
        if person_id not in ties.among:
            asked = self._person_ids - ties.among.keys()
            found = self._sources.read_exceptions_among(self.id, asked)
            ties.among |= {id: found.get(id, 0) for id in asked}
        return ties.among[person_id]

    def _require_of_page(self, person_id: int) -> None:
        if self.id and person_id not in self._person_ids:
            raise LookupError(f"{person_id} is not on the viewer's page.")


# Who is not logged in, and whoever asks for what everybody may see: nothing is ever read of nobody.
PUBLIC_VIEWER = Viewer(0, cast(Sources, None), followed=frozenset())


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """Limits of the graph; `config/settings` fills it."""

    following_cap: int = 5_000
    block_cap: int = 5_000
    mute_cap: int = 5_000
    longest_mute: timedelta = timedelta(days=365)
    # So many of them may be requests that nobody has answered.
    request_cap: int = 1_000
    # From here on an author's posts are pulled by readers instead of pushed to followers ...
    pull_threshold: int = 10_000
    # ... until they have fewer than this; the gap keeps an author at the line from changing sides.
    pull_demotion: int = 8_000
    # Pushed and pulled for so long afterwards: windows hold nothing of the time when they were only pulled.
    pull_overlap: timedelta = timedelta(days=7)
