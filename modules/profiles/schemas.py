"""What goes in and what comes out of profiles."""

from typing import Annotated, NamedTuple

from pydantic import Field, JsonValue

from modules.graph.schemas import Counts, Pending
from modules.kernel.card_layout import Layout
from modules.kernel.shapes import (
    Batch,
    Body,
    Id,
    JsonLimit,
    Nothing,
    Page,
    Query,
    Shape,
    Single,
    UtcDateTime,
)
from modules.kernel.text import PlainText
from modules.media.schemas import Picture

CustomData = Annotated[dict[str, JsonValue], JsonLimit(max_bytes=4096)]


class EditProfile(Body):
    """What to change of one's own profile; what is left out stays as it is."""

    # The factories are never asked for a value: only what was sent is applied. They keep defaults, which
    # would be a lie here, out of the schema.
    display_name: Annotated[str, PlainText(1, 50, lines=False)] = Field(default_factory=str)
    bio: Annotated[str, PlainText(0, 500)] = Field(default_factory=str)
    custom: CustomData = Field(default_factory=dict)
    hide_counts: bool = Field(
        default_factory=bool, description="Whether nobody else is shown how many follow and are followed."
    )
    avatar_id: Id | None = Field(
        default_factory=lambda: None,
        description="A picture of one's own, uploaded for this purpose and ready, or null for none.",
    )
    cover_id: Id | None = Field(
        default_factory=lambda: None,
        description="A picture of one's own, uploaded for this purpose and ready, or null for none.",
    )
    is_private: bool = Field(
        default_factory=bool,
        description="Whether only those follow, and see posts and lists, to whom the user consents.",
    )
    pending: Pending = Field(
        default_factory=lambda: "keep",
        description="With `is_private: false`: what becomes of requests that are open; else they stay open.",
    )


class ConfirmDeletion(Query):
    """That the caller means it."""

    confirm: Annotated[str, Field(max_length=30, description="The caller's own username.")]


class Deletion(Shape):
    """Until when logging in takes a deletion back, and what shows later what became of it."""

    delete_after: UtcDateTime
    receipt: str


class UserCard(Shape):
    """A user as everyone sees them."""

    id: Id
    username: str
    display_name: str
    bio: str
    is_private: bool
    custom: dict[str, JsonValue]
    avatar: Picture | None = Field(examples=[None])
    cover: Picture | None = Field(examples=[None])
    joined_at: UtcDateTime


class UserView(Single[UserCard, Nothing, Counts]):
    """One user; the counts of followers stand in `state`."""


class Settings(Shape):
    """What a user has decided about themselves."""

    hide_counts: bool


class MeView(UserView):
    """The caller: counts, hidden or not, stand in `state`, and what only they may know in `settings`."""

    settings: Settings


class UserPage(Page[UserCard, Nothing, Counts]):
    """A page of users; the counts of followers stand in `state`."""


class UserBatch(Batch[UserCard, Nothing, Counts]):
    """The users who were asked for, in that order, and the ids of which there is none to be shown."""


class UserHead(NamedTuple):
    """What decides who may see a user, and what belongs to them."""

    status: int
    is_private: bool


USER = "user"
USER_LAYOUT = Layout(UserHead, "B?", revision=4)
