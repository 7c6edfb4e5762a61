"""What comes out of posts: cards, pages and what they state."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from modules.kernel.shapes import Batch, Id, Nothing, Page, Shape, Single, UtcDateTime, let_be_absent
from modules.media.schemas import MediaCard
from modules.posts.schemas.columns import AudienceField, PostKind, ReactionType, ReplyPolicyField
from modules.profiles.schemas import UserCard


class PostRef(Shape):
    """A post that another one names, and who wrote it; whether it may be seen is another matter."""

    post_id: Id
    author_id: Id


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
    text: str = Field(description="Empty if it only shows media.")
    entities: list[PostEntity] = Field(
        description="The mentions, tags and links in the text, in their order.", examples=[[]]
    )
    media_ids: list[Id] = Field(
        description="What it shows, in its order; each stands among `included.media` unless it was deleted.",
        examples=[[]],
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
        description="When the text, the media or `custom` last changed, or null.", examples=[None]
    )


class DraftRefusal(Shape):
    """Why a draft was not published at its time: the code and title that publishing it would have heard."""

    code: str = Field(examples=["replies_closed"])
    title: str = Field(examples=["You cannot reply in this thread."])
    refused_at: UtcDateTime


class DraftCard(Shape):
    """A post that is not published yet, as its author sees it."""

    id: Id
    text: str
    entities: list[PostEntity] = Field(examples=[[]])
    media_ids: list[Id] = Field(examples=[[]])
    audience: AudienceField
    reply_policy: ReplyPolicyField
    reply_to: Id | None = Field(examples=[None])
    quote_of: Id | None = Field(examples=[None])
    custom: dict[str, JsonValue]
    publish_at: UtcDateTime | None
    refused: DraftRefusal | None = Field(
        description="Why it was not published at its time, and is not tried again; null from its next edit.",
        examples=[None],
    )
    created_at: UtcDateTime
    edited_at: UtcDateTime | None = Field(examples=[None])


class DraftPage(Page[DraftCard, Nothing, Nothing]):
    """A page of the caller's drafts, newest first."""


class Revision(Shape):
    """What a post said from `written_at` on, up to this version of it."""

    version: int
    text: str
    entities: list[PostEntity] = Field(examples=[[]])
    media_ids: list[Id] = Field(
        description="What it showed, in its order. Media that no post shows are deleted after a while.",
        examples=[[]],
    )
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
    media: dict[Id, MediaCard] = Field(
        description="What the posts show, originals too; their addresses end within the hour.", examples=[{}]
    )


class PostCounts(Shape):
    """
    What is counted of a post, the same for everybody; `reactions` has the types of which there are any.

    What people do whom the caller may not see, or whose accounts are closed, is counted and not listed, so
    that a list may be shorter than its count.
    """

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


class UserPostPage(PostPage):
    """A page of a user's posts; `pinned` is on the first if it was asked for, its cards are included."""

    model_config = ConfigDict(json_schema_extra=let_be_absent("pinned"))

    pinned: list[Id] | None = Field(
        default=None,
        description="What the user has pinned, of what the caller may see: the newest pin first.",
    )


class PostView(Single[PostCard, PostIncluded, PostState]):
    """One post; its counts stand in `state`."""


class PostBatch(Batch[PostCard, PostIncluded, OwnPostState]):
    """The posts that were asked for, in that order, and the ids of which there is none to be shown."""


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


class AncestorPage(Page[PostCard, PostIncluded, OwnPostState]):
    """
    What a reply hangs on, from the root of its thread down to the post it replies to; there is no next page.

    Those that may not be shown are `missing`, and of these the `deleted` are known to be gone.
    """

    deleted: list[Id] = Field(description="Those of the missing that were deleted.", examples=[[]])
