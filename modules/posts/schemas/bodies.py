"""What goes into posts: new posts, drafts and edits, and which posts to list."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from modules.kernel.shapes import Body, Id, Query, UtcDateTime
from modules.posts.schemas.columns import AudienceField, MediaIds, PostText, ReactionType, ReplyPolicyField
from modules.profiles.schemas import CustomData


class PostContent(Body):
    """What a post says, and to whom."""

    text: PostText = ""
    audience: AudienceField = "public"
    custom: CustomData = Field(default_factory=dict)
    reply_policy: ReplyPolicyField = "everyone"
    media_ids: MediaIds = Field(default_factory=list)


ReplyTo = Annotated[
    Id | None, Field(description="The post that this one replies to, or null.", examples=[None])
]
QuoteOf = Annotated[
    Id | None, Field(description="A public post that this one quotes, or null.", examples=[None])
]


class NewPost(PostContent):
    """A post to publish."""

    reply_to: ReplyTo = None
    quote_of: QuoteOf = None


class EditPost(Body):
    """What to change of one's own post; what is left out stays as it is."""

    # The factories are never asked for a value: only what was sent is applied. They keep defaults, which
    # would be a lie here, out of the schema.
    text: PostText = Field(default_factory=str)
    audience: AudienceField = Field(default_factory=lambda: "public")
    custom: CustomData = Field(default_factory=dict)
    reply_policy: ReplyPolicyField = Field(default_factory=lambda: "everyone")
    media_ids: MediaIds = Field(default_factory=list)


PublishAt = Annotated[
    UtcDateTime | None,
    Field(description="When it is to be published, or null.", examples=["2027-01-01T08:00:00Z"]),
]


class NewDraft(NewPost):
    """A post to keep for later."""

    publish_at: PublishAt = None


class EditDraft(EditPost):
    """What to change of one's own draft; what is left out stays as it is."""

    reply_to: ReplyTo = Field(default_factory=lambda: None)
    quote_of: QuoteOf = Field(default_factory=lambda: None)
    publish_at: PublishAt = Field(default_factory=lambda: None)


class OfType(Query):
    """Which reactions to list: those of one type, or all."""

    type: ReactionType | None = None


PostChoice = Literal["replies", "reposts", "pins"]
POST_CHOICES: tuple[PostChoice, ...] = get_args(PostChoice)


class UserPostsQuery(Query):
    """Which of a user's posts to list."""

    include: str | None = Field(
        default=None,
        pattern="^(replies|reposts|pins)(,(replies|reposts|pins)){0,2}$",
        description="What to list beside posts and quotes: `replies` and `reposts`. With `pins` the first "
        "page names what the user has `pinned`.",
        examples=["replies,reposts"],
    )

    @property
    def choices(self) -> frozenset[PostChoice]:
        """Return what is listed or named beside posts and quotes."""
        named = (self.include or "").split(",")
        return frozenset(choice for choice in POST_CHOICES if choice in named)


class RepliesQuery(Query):
    """Which replies to list."""

    depth: Annotated[
        Literal["direct", "all"],
        Field(description="`direct`: those to the post itself; `all`: under a thread's root, every one."),
    ] = "direct"
