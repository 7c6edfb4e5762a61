"""What goes into and comes out of posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from modules.kernel.card_layout import Layout
from modules.kernel.shapes import Batch, Body, Id, Nothing, Page, Query, Shape, Single, UtcDateTime
from modules.kernel.text import PlainText
from modules.profiles.schemas import USER, UserCard

# Everybody may see it. Narrower audiences get codes of their own; `allows` reads them from a card's head.
PUBLIC = 0

ReactionType = Annotated[str, Field(pattern="^[a-z0-9_]{1,20}$", examples=["like"])]


class NewPost(Body):
    """A post to publish."""

    text: Annotated[str, PlainText(1, 5000)]


class PostCard(Shape):
    """A post as everyone sees it."""

    id: Id
    author_id: Id
    text: str
    published_at: UtcDateTime


class PostIncluded(Shape):
    """What posts mention: their authors, once each."""

    users: dict[Id, UserCard]


class PostCounts(Shape):
    """What is counted of a post; `reactions` has the types of which there are any."""

    replies: int
    reposts: int
    quotes: int
    reactions: Annotated[dict[str, int], Field(examples=[{"like": 3}])]


class Marks(Shape):
    """The caller's own marks on a post: the types of their reactions, and whether they keep a bookmark."""

    reactions: list[ReactionType]
    is_bookmarked: bool


class PostState(Shape):
    """What changes of a post without its card, for everybody."""

    counts: PostCounts


class OwnPostState(PostState):
    """What changes of a post without its card, for everybody and for the caller."""

    mine: Marks | None = Field(
        description="The caller's own marks; null if nobody is logged in, or if they cannot be read now."
    )


class PostPage(Page[PostCard, PostIncluded, OwnPostState]):
    """A page of posts, newest first; counts and the caller's own marks stand in `state`."""


class PostView(Single[PostCard, PostIncluded, PostState]):
    """One post; its counts stand in `state`."""


class PostBatch(Batch[PostCard, PostIncluded, OwnPostState]):
    """The posts that were asked for, in that order, and the ids of which there is none to be shown."""


class OfType(Query):
    """Which reactions to list: those of one type, or all."""

    type: ReactionType | None = None


class Reaction(Shape):
    """That somebody reacts to a post, and since when."""

    id: Id
    user_id: Id
    type: ReactionType
    reacted_at: UtcDateTime


class ReactionIncluded(Shape):
    """Who reacted, once each."""

    users: dict[Id, UserCard]


class ReactionPage(Page[Reaction, ReactionIncluded, Nothing]):
    """A page of the reactions to a post, newest first."""


class PostHead(NamedTuple):
    """What decides who may see a post; `reply_to_id` is the author replied to, or 0."""

    author_id: int
    audience: int
    reply_to_id: int


POST = "post"
POST_LAYOUT = Layout(PostHead, "qBq", revision=2)


class CountHead(NamedTuple):
    """Nothing decides who may see what is counted: whoever may see the post."""


def refs_of(heads: Iterable[PostHead]) -> dict[str, set[int]]:
    """Return what the cards of these posts mention: their authors."""
    return {USER: {head.author_id for head in heads}}


class PostKey(NamedTuple):
    """A post and its author, without the rest."""

    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True)
class PastPost:
    """
    A post of an import; its id is made from its moment, its author's shard and `sequence` (0 to 1023).

    Two posts of one shard and one millisecond need different sequences; the same three are the same post.
    """

    author_id: int
    text: str
    published_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class PostSettings:
    """How people may react, in the order in which clients are told, and limits of posts."""

    reactions: tuple[str, ...] = ("like",)
    bookmark_cap: int = 10_000
