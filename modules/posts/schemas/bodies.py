"""What goes into posts: new posts, drafts and edits, and which posts to list."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from modules.kernel.shapes import Body, Id, Query, UtcDateTime
from modules.posts.schemas.columns import AudienceField, PostText, ReactionType, ReplyPolicyField
from modules.profiles.schemas import CustomData


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


class OfType(Query):
    """Which reactions to list: those of one type, or all."""

    type: ReactionType | None = None


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
