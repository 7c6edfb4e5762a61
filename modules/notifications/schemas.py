"""What goes in and what comes out of notifications, and the figures they run by."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args

from pydantic import Field, JsonValue, StringConstraints

from modules.kernel.shapes import (
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
from modules.media.schemas import MediaCard
from modules.posts.schemas import OwnPostState, PostCard, ReactionType
from modules.profiles.schemas import UserCard

NotificationType = Literal[
    "follow",
    "follow_request",
    "follow_accepted",
    "mention",
    "reply",
    "quote",
    "reaction",
    "repost",
    "post_published",
    "security",
    "custom",
]
# A row holds the place in here: what is new comes last.
TYPES: Final[tuple[NotificationType, ...]] = get_args(NotificationType)
(
    FOLLOW,
    FOLLOW_REQUEST,
    FOLLOW_ACCEPTED,
    MENTION,
    REPLY,
    QUOTE,
    REACTION,
    REPOST,
    POST_PUBLISHED,
    SECURITY,
    CUSTOM,
) = range(len(TYPES))

# What is about a post of the recipient's own, and what each time is done by a post of somebody else's.
ABOUT_OWN_POSTS: Final = frozenset({REPLY, QUOTE, REACTION, REPOST, POST_PUBLISHED})
ABOUT_POSTS: Final = ABOUT_OWN_POSTS | {MENTION}
BY_POSTS: Final = frozenset({REPLY, QUOTE})
# What audits of other contexts may announce again, under an id that says when it was.
ANNOUNCED_AGAIN: Final = BY_POSTS | {FOLLOW, FOLLOW_REQUEST, REACTION, REPOST}

Channel = Literal["in_app", "push", "mail"]
Digest = Literal["off", "daily", "weekly"]
DIGESTS: Final[tuple[Digest, ...]] = get_args(Digest)
CustomName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,31}){0,2}$"),
    Field(examples=["order.shipped"], description="What the app calls this kind of notification."),
]
TimeOfDay = Annotated[str, StringConstraints(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
CustomData = Annotated[dict[str, JsonValue], JsonLimit(max_bytes=4096)]


class NotificationActor(Shape):
    """Somebody who did what a notification tells of, and how."""

    user_id: Id
    post_id: Id | None = Field(description="The reply or the quote by which they did it; else null.")
    reaction: ReactionType | None = Field(description="The type of their reaction; else null.")
    at: UtcDateTime


class NotificationCard(Shape):
    """
    What happened to one thing of the caller's: one notification, however many people did it.

    It takes in what more of the same happens until it is read, or is a week old; then a new one begins.
    """

    id: Id
    last_id: Id = Field(description="That of its newest news, and its place in the list: what marks name.")
    type: NotificationType
    post_id: Id | None = Field(
        description="The post that it is about, or that mentions the caller; else null."
    )
    actors: list[NotificationActor] = Field(description="The newest who did it, at most five.")
    actor_count: int = Field(
        description="How many did it, also those whom the caller has muted since; 0 where nobody did."
    )
    name: str | None = Field(
        description="Of `custom`, what the app calls it; of `security`, what was done. Else null."
    )
    data: dict[str, JsonValue] = Field(description="Of `custom`, what the app has to say.")
    is_seen: bool
    is_read: bool
    created_at: UtcDateTime
    updated_at: UtcDateTime = Field(description="When something was last added to it.")


class ToldNotification(Shape):
    """A notification for who tells of it by other ways: as the list shows it now, and its actors' names."""

    card: NotificationCard
    actor_names: list[str] = Field(description="Of the actors on the card, in their order.")


class NotificationIncluded(Shape):
    """Who did what is told of, the posts that it is about, and what these show, once each."""

    users: dict[Id, UserCard]
    posts: dict[Id, PostCard]
    media: dict[Id, MediaCard]


class NotificationPage(Page[NotificationCard, NotificationIncluded, OwnPostState]):
    """A page of the caller's notifications, those with the newest news first."""


class NotificationsQuery(Query):
    """Which notifications to list."""

    type: NotificationType | None = Field(default=None, description="Only those of one type.")
    state: Literal["unread"] | None = Field(default=None, description="Only those that are not read.")


class NotificationCounts(Shape):
    """
    How many notifications the caller has not seen, and not read; of two answers the greater version is newer.

    What nobody may show the caller any more, for they have muted its actors since, is counted all the same.
    """

    unseen: int
    unread: int
    seen_up_to: Id | None
    version: int


class NewMarks(Body):
    """How far the caller has seen or read; what is left out stays, and nothing moves back."""

    seen_up_to: Id | None = Field(
        default=None, description="The `last_id` of the newest notification that was seen."
    )
    read_up_to: Id | None = Field(
        default=None, description="The `last_id` of the newest that was read; what is read is seen."
    )


class EditNotification(Body):
    """What to change of one notification."""

    is_read: Literal[True]


class Channels(Shape):
    """By which ways a type of notification comes; without `in_app` it comes by none."""

    in_app: bool
    push: bool
    mail: bool


class EditChannels(Body):
    """What to change of these ways; what is left out stays as it is."""

    in_app: bool = Field(default_factory=bool)
    push: bool = Field(default_factory=bool)
    mail: bool = Field(default_factory=bool)


class QuietHours(Shape):
    """When nothing is pushed: every day from one time to another, which may be on the next day."""

    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["07:30"])
    time_zone: str = Field(examples=["Europe/Berlin"])


class NewQuietHours(Body):
    """
    When nothing is to be pushed: every day from one time to another, which may be on the next day.

    From a time to the same time: no hour is quiet.
    """

    start: TimeOfDay = Field(examples=["22:00"])
    end: TimeOfDay = Field(examples=["07:30"])
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        examples=["Europe/Berlin"], description="A name of the IANA time zone database."
    )


def _nothing() -> Any:
    return None


class Preferences(Shape):
    """By which ways the caller wants to be told of what, and when not."""

    types: dict[NotificationType, Channels]
    digest: Digest = Field(description="How often a mail sums up what was not seen.")
    quiet_hours: QuietHours | None


class DigestWish(NamedTuple):
    """How often somebody wants a digest, and the zone of their quiet hours, or nothing."""

    digest: Digest
    time_zone: str


class PreferencesView(Single[Preferences, Nothing, Nothing]):
    """The caller's preferences."""


class EditPreferences(Body):
    """What to change; what is left out stays as it is."""

    types: dict[NotificationType, EditChannels] = Field(default_factory=dict)
    digest: Digest = Field(default_factory=lambda: DIGESTS[0])
    # Absent or an object: generators cannot write a body with a choice in it.
    quiet_hours: NewQuietHours = Field(default_factory=_nothing)


class NewSending(Body):
    """A notification of an app's own, for many."""

    recipient_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
    name: CustomName
    data: CustomData = Field(default_factory=dict)


class SendingCard(Shape):
    """What was accepted to be sent."""

    id: Id
    recipients: int = Field(
        description="How many there are; of these, who has an account that is open is told."
    )


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    """
    How long notifications gather, and are kept.

    A group takes in more until it is read or as old as `open_for`; what has had no news for `kept_for` is
    forgotten. `shown_actors` are on a card, chosen from as many as `read_actors`. What a service sends
    reaches `sending_part` recipients at a time, each with a transaction of their own: well within a lease.
    """

    open_for: timedelta = timedelta(days=7)
    kept_for: timedelta = timedelta(days=90)
    shown_actors: int = 5
    read_actors: int = 12
    muted_thread_cap: int = 1_000
    sending_part: int = 100
