"""What crosses the doors of timelines; a timeline is a page of posts, and its shape is theirs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import ConfigDict, Field, StringConstraints

from modules.kernel.shapes import Body, Id, Nothing, Page, Query, Shape, Single, UtcDateTime, let_be_absent
from modules.kernel.text import PlainText
from modules.posts.schemas import PostPage

# The channel of each Redis on which fan-out tells, once for many followers, whose homes a post has reached.
HOME_NEWS = "tl:news"


class HomeNews(NamedTuple):
    """
    A post has reached the homes of these users, by way of its author or of who reposts it.

    Of an author whose posts are pulled nobody is named: it has reached all who follow them.
    """

    post_id: int
    author_id: int
    user_ids: tuple[int, ...]


# No name is dots alone: clients and proxies would resolve it as a step in a path.
TimelineName = Annotated[
    str, StringConstraints(pattern="^[a-z0-9][a-z0-9_.:-]{0,63}$"), Field(examples=["home"])
]
ListName = Annotated[str, PlainText(1, 50, lines=False)]


class NewMarker(Body):
    """How far the caller has read."""

    last_read_id: Id = Field(description="The id of the newest thing that was read.")


class MarkerCard(Shape):
    """How far the caller has read a timeline."""

    timeline: str
    last_read_id: Id
    updated_at: UtcDateTime


class MarkerPage(Page[MarkerCard, Nothing, Nothing]):
    """How far the caller has read each timeline, by name."""


class NewList(Body):
    """A list to make."""

    name: ListName


class EditList(Body):
    """What to change of a list; what is left out stays as it is."""

    # The factory is never asked for a value; it keeps a default, which would be a lie, out of the schema.
    name: ListName = Field(default_factory=str)


class ListCard(Shape):
    """A list of people, as its owner sees it; nobody else does."""

    id: Id
    name: str
    created_at: UtcDateTime


class ListView(Single[ListCard, Nothing, Nothing]):
    """One list."""


class ListPage(Page[ListCard, Nothing, Nothing]):
    """The caller's lists, newest first."""


class HomeQuery(Query):
    """How to show a home."""

    order: Literal["newest", "top"] | None = Field(
        default=None,
        description="`newest` first, or the `top` posts of the newest 800: by reactions, replies and "
        "reposts, of which a new post needs fewer. That order stands for ten minutes.",
    )
    explain: Literal["0", "1"] | None = Field(
        default=None, description="Whether to say of each post why it is here, or is not. For operators."
    )


class HomeReason(StrEnum):
    """Why a post may belong in a home."""

    OWN = "own"
    FOLLOWED = "followed"


class HomeSource(StrEnum):
    """
    Where a post was found: the home's window, an author whom readers pull, or the shards beneath both.

    Or in the order of its first page.
    """

    WINDOW = "window"
    PULLED_AUTHOR = "pulled_author"
    SHARDS = "shards"
    RANKING = "ranking"


class HomeRule(StrEnum):
    """
    Why a post was dropped.

    It is gone or not for the viewer to see, by nobody they follow, by somebody muted or passed on from them,
    for those alone whom it mentions, a reply to others, a repost of what is just above, or by somebody
    whose reposts the viewer hides; or it cannot be read.
    """

    NOT_VISIBLE = "not_visible"
    NOT_FOLLOWED = "not_followed"
    MUTED = "muted"
    FOR_MENTIONED = "for_mentioned"
    REPLY_TO_OTHERS = "reply_to_others"
    REPEATED = "repeated"
    REPOSTS_HIDDEN = "reposts_hidden"
    UNAVAILABLE = "unavailable"


class HomeCandidate(Shape):
    """A post that was looked at, by the author through whom it came."""

    post_id: Id
    author_id: Id
    reason: HomeReason
    source: HomeSource
    dropped_by: HomeRule | None
    score: float | None = Field(description="By `order=top`, of what is shown, what ranked it; else null.")


class HomeExplanation(Shape):
    """How a page of a home came to be; entries that the window's script passed over are not told of."""

    candidates: list[HomeCandidate] = Field(description="In the order in which they were looked at.")
    rounds: int = Field(description="How often more was looked for.")
    candidates_ms: float = Field(description="What finding candidates took.")
    cards_ms: float = Field(description="What loading their cards and authors took.")


class HomePage(PostPage):
    """A page of a home; `explained` is there if it was asked for."""

    model_config = ConfigDict(json_schema_extra=let_be_absent("explained"))

    explained: HomeExplanation | None = None


@dataclass(frozen=True, slots=True)
class TimelineSettings:
    """
    How much of a home is kept at hand, and how much of anything a user may have.

    A window holds `window_size` entries, and `slack` more before a trim; it lives `ttl_seconds` after its
    last read. A cold read pulls `pull_size` posts; of an author whom readers pull, `pulled_size` are kept.

    By `order=top` the newest `top_size` are ranked, for `top_seconds`: the weights say what points a post
    has, and after the half-life it counts half as much (selectors/scores.py).
    """

    window_size: int = 800
    slack: int = 80
    pull_size: int = 100
    pulled_size: int = 200
    ttl_seconds: int = 7 * 24 * 3600
    list_cap: int = 50
    member_cap: int = 200
    # A marker for each list, for home and notifications, and as many again for what apps think of.
    marker_cap: int = 100
    top_size: int = 800
    top_seconds: int = 600
    top_half_life_hours: int = 12
    top_reaction_weight: int = 1
    top_reply_weight: int = 2
    top_share_weight: int = 3
