"""What goes into and comes out of posts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field, JsonValue

from modules.graph.schemas import Counts
from modules.kernel.card_layout import Layout
from modules.kernel.shapes import Batch, Body, Id, Nothing, Page, Query, Shape, Single, UtcDateTime
from modules.kernel.text import PlainText
from modules.profiles.schemas import USER, CustomData, UserCard

# Who may see a post, and who may reply to it: a row and the head of a card hold the place in the list.
Audience = Literal["public", "followers", "mentioned"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
PUBLIC, FOLLOWERS, MENTIONED = range(3)
ReplyPolicy = Literal["everyone", "following", "mentioned", "nobody"]
REPLY_POLICIES: tuple[ReplyPolicy, ...] = get_args(ReplyPolicy)
PostKind = Literal["post", "repost", "quote"]
KINDS: tuple[PostKind, ...] = get_args(PostKind)
PLAIN, REPOST, QUOTE = range(3)
# How many posts may be above one in its thread.
MAX_DEPTH = 20

# The columns in which a new post's row differs from an empty one, beside its id, with their types: of these
# every INSERT is made that the ORM does not write.
POST_COLUMNS: Mapping[str, str] = {
    "author_id": "bigint",
    "text": "text",
    "published_at": "timestamptz",
    "version": "integer",
    "audience": "smallint",
    "entities": "text",
    "custom": "text",
    "reply_policy": "smallint",
}
# The further ones of what replies to a post, or passes one on.
LINK_COLUMNS: Mapping[str, str] = {
    "kind": "smallint",
    "reply_to_id": "bigint",
    "reply_to_author_id": "bigint",
    "root_id": "bigint",
    "root_author_id": "bigint",
    "depth": "smallint",
    "original_id": "bigint",
    "original_author_id": "bigint",
}

PostText = Annotated[str, PlainText(1, 5000)]
AudienceField = Annotated[
    Audience,
    Field(description="Who may see it beside the author: everybody, their followers, or who is mentioned."),
]
ReplyPolicyField = Annotated[
    ReplyPolicy,
    Field(
        description="Who may reply beside the author: everybody, whom they follow, the mentioned, or nobody. "
        "For a whole thread that of its root holds."
    ),
]

ReactionType = Annotated[str, Field(pattern="^[a-z0-9_]{1,20}$", examples=["like"])]


class PostContent(Body):
    """What a post says, and to whom."""

    text: PostText
    audience: AudienceField = "public"
    custom: CustomData = Field(default_factory=dict)
    reply_policy: ReplyPolicyField = "everyone"


class NewPost(PostContent):
    """A post to publish."""

    reply_to: Id | None = Field(
        default=None, description="The post that this one replies to.", examples=[None]
    )
    quote_of: Id | None = Field(
        default=None, description="A public post that this one quotes.", examples=[None]
    )


class PostRef(Shape):
    """A post that another one names, and who wrote it; whether it may be seen is another matter."""

    post_id: Id
    author_id: Id


class EditPost(Body):
    """What to change of one's own post; what is left out stays as it is."""

    # The factories are never asked for a value: only what was sent is applied. They keep defaults, which
    # would be a lie here, out of the schema.
    text: PostText = Field(default_factory=str)
    audience: AudienceField = Field(default_factory=lambda: "public")
    custom: CustomData = Field(default_factory=dict)
    reply_policy: ReplyPolicyField = Field(default_factory=lambda: "everyone")


PublishAt = Annotated[
    UtcDateTime | None,
    Field(description="When it is to be published, or null.", examples=["2027-01-01T08:00:00Z"]),
]


class NewDraft(PostContent):
    """A post to keep for later."""

    publish_at: PublishAt = None


class EditDraft(EditPost):
    """What to change of one's own draft; what is left out stays as it is."""

    publish_at: PublishAt = Field(default_factory=lambda: None)


class PostEntity(Shape):
    """
    A mention, a tag or a link in a text, from where it starts up to where it ends.

    Both are said twice, for languages count differently, and behind an emoji the two differ. JavaScript,
    Java, Kotlin, C# and Dart count UTF-16 code units: `text.slice(utf16_start, utf16_end)`. Python, and Go by
    runes, count code points: `text[codepoint_start:codepoint_end]`.
    """

    type: Literal["mention", "tag", "link"]
    codepoint_start: int
    codepoint_end: int
    utf16_start: int
    utf16_end: int
    user_id: Id | None = Field(
        description="Of a mention: who is meant, whatever their username is by now. Else null."
    )
    tag: str | None = Field(
        description="Of a tag: its canonical form (NFKC, case folded), for finding it. Else null."
    )
    url: str | None = Field(description="Of a link: where it leads, by http or https. Else null.")


class PostCard(Shape):
    """A post as everyone sees it who may see it."""

    id: Id
    author_id: Id
    kind: PostKind = Field(
        description="A repost has no text of its own: its `original` is shown.", examples=["post"]
    )
    text: str
    entities: list[PostEntity] = Field(
        description="The mentions, tags and links in the text, in their order.", examples=[[]]
    )
    audience: AudienceField
    reply_policy: ReplyPolicyField
    reply_to: PostRef | None = Field(description="What it replies to, or null.", examples=[None])
    root_id: Id | None = Field(
        description="The post that began its thread; null of one that is no reply.", examples=[None]
    )
    original: PostRef | None = Field(
        description="What it reposts or quotes, or null. The card is among `included.posts` where the caller "
        "may see it.",
        examples=[None],
    )
    custom: dict[str, JsonValue]
    published_at: UtcDateTime
    edited_at: UtcDateTime | None = Field(
        description="When the text or `custom` last changed, or null.", examples=[None]
    )


class DraftCard(Shape):
    """A post that is not published yet, as its author sees it."""

    id: Id
    text: str
    entities: list[PostEntity] = Field(examples=[[]])
    audience: AudienceField
    reply_policy: ReplyPolicyField
    custom: dict[str, JsonValue]
    publish_at: UtcDateTime | None
    created_at: UtcDateTime
    edited_at: UtcDateTime | None = Field(examples=[None])


class DraftPage(Page[DraftCard, Nothing, Nothing]):
    """A page of the caller's drafts, newest first."""


class Revision(Shape):
    """What a post said from `written_at` on, up to this version of it."""

    version: int
    text: str
    entities: list[PostEntity] = Field(examples=[[]])
    custom: dict[str, JsonValue]
    written_at: UtcDateTime


class RevisionPage(Page[Revision, Nothing, Nothing]):
    """What a post said before, newest first."""


class PostIncluded(Shape):
    """What posts mention: what they repost or quote, and the authors of all, once each."""

    users: dict[Id, UserCard]
    posts: dict[Id, PostCard] = Field(
        description="Originals of reposts and quotes, of those that the caller may see.", examples=[{}]
    )


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


PostChoice = Literal["replies", "reposts"]
POST_CHOICES: tuple[PostChoice, ...] = get_args(PostChoice)


class UserPostsQuery(Query):
    """Which of a user's posts to list."""

    include: str | None = Field(
        default=None,
        pattern="^(replies|reposts)(,(replies|reposts))?$",
        description="What to list beside posts and quotes: `replies`, `reposts` or both.",
        examples=["replies,reposts"],
    )

    @property
    def choices(self) -> frozenset[PostChoice]:
        """Return what is listed beside posts and quotes."""
        named = (self.include or "").split(",")
        return frozenset(choice for choice in POST_CHOICES if choice in named)


class RepliesQuery(Query):
    """Which replies to list."""

    depth: Annotated[
        Literal["direct", "all"],
        Field(description="`direct`: those to the post itself; `all`: under a thread's root, every one."),
    ] = "direct"


class RepostPage(Page[UserCard, Nothing, Counts]):
    """A page of those who reposted a post, newest first; the counts of followers stand in `state`."""


class AncestorPage(Page[PostCard, PostIncluded, OwnPostState]):
    """
    What a reply hangs on, from the root of its thread down to the post it replies to; there is no next page.

    Those that may not be shown are `missing`, and of these the `deleted` are known to be gone.
    """

    deleted: list[Id] = Field(description="Those of the missing that were deleted.", examples=[[]])


class PostHead(NamedTuple):
    """
    What decides who may see a post; ids are 0 of what it does not have.

    Who is mentioned stands there only if the audience are the mentioned: nobody else asks.
    """

    author_id: int
    audience: int
    kind: int
    reply_to_author_id: int
    original_id: int
    original_author_id: int
    mentioned_ids: tuple[int, ...]


POST, POST_COUNT = "post", "postcount"
POST_LAYOUT = Layout(PostHead, "qBBqqq", tail=True, revision=4)


class CountHead(NamedTuple):
    """Nothing decides who may see what is counted: whoever may see the post."""


def refs_of(heads: Iterable[PostHead]) -> dict[str, set[int]]:
    """Return what the cards of these posts mention: authors, and originals with theirs and their counts."""
    users: set[int] = set()
    originals: set[int] = set()
    for head in heads:
        users.add(head.author_id)
        if head.original_id:
            users.add(head.original_author_id)
            originals.add(head.original_id)
    return {USER: users, POST: originals, POST_COUNT: originals} if originals else {USER: users}


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
    audience: Audience = "public"
    custom: Mapping[str, Any] = field(default_factory=dict)
    reply_policy: ReplyPolicy = "everyone"


@dataclass(frozen=True, slots=True)
class PostSettings:
    """How people may react, in the order in which clients are told, and limits of posts."""

    reactions: tuple[str, ...] = ("like",)
    bookmark_cap: int = 10_000
