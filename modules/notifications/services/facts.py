"""What news of other contexts means to whom: facts about who did what to whom, and that it is over."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modules.accounts.events import SecurityNoticed
from modules.graph.events import (
    FollowAccepted,
    Followed,
    FollowRejected,
    FollowRequested,
    Unfollowed,
)
from modules.notifications.schemas import (
    FOLLOW,
    FOLLOW_ACCEPTED,
    FOLLOW_REQUEST,
    MENTION,
    POST_PUBLISHED,
    QUOTE,
    REACTION,
    REPLY,
    REPOST,
    SECURITY,
)
from modules.posts.events import (
    MentionsRemoved,
    PostShared,
    ReactionAdded,
    ReactionRemoved,
    Replied,
    ReplyRemoved,
    ScheduledPostPublished,
    ShareRemoved,
    UsersMentioned,
)
from modules.posts.schemas import REPOST as REPOSTED


class Key(NamedTuple):
    """What tells one action of a recipient from another."""

    type: int
    subject_id: int
    actor_id: int
    post_id: int = 0
    reaction: str = ""

    @property
    def person(self) -> tuple[int, int, int]:
        """Return what all actions of one person on one subject share."""
        return self[:3]

    @property
    def subject(self) -> tuple[int, int]:
        """Return what is gathered in one group."""
        return self[:2]


class Fact(NamedTuple):
    """
    That somebody did something, or that it is over; of two facts of one key the greater `age` holds.

    `user_id` is whom it concerns; 0 is the author of the post that it is about.

    `root_id` is the thread that it happened in, if that is known; `name` and `data` are those of a group.
    """

    user_id: int
    key: Key
    edge_id: int
    is_active: bool
    root_id: int = 0
    name: str = ""
    data: Mapping[str, Any] = {}

    @property
    def age(self) -> tuple[int, bool]:
        """Return what orders the states of one action: by edge, and within an edge its end comes last."""
        return self.edge_id, not self.is_active


def of_follow(event: Followed) -> Iterator[Fact]:
    """Yield that a user has a follower."""
    yield _follow(FOLLOW, event.target_id, event.follower_id, event.edge_id, is_active=True)


def of_unfollow(event: Unfollowed) -> Iterator[Fact]:
    """Yield that an edge is gone, or a request, and with it that it was accepted."""
    for type in (FOLLOW, FOLLOW_REQUEST):
        yield _follow(type, event.target_id, event.follower_id, event.edge_id, is_active=False)
    yield _follow(FOLLOW_ACCEPTED, event.follower_id, event.target_id, event.edge_id, is_active=False)


def of_request(event: FollowRequested) -> Iterator[Fact]:
    """Yield that somebody asks to follow a user."""
    yield _follow(FOLLOW_REQUEST, event.target_id, event.follower_id, event.edge_id, is_active=True)


def of_acceptance(event: FollowAccepted) -> Iterator[Fact]:
    """Yield that a request waits no longer, and that whoever made it may follow."""
    yield _follow(FOLLOW_REQUEST, event.user_id, event.follower_id, event.edge_id, is_active=False)
    yield _follow(FOLLOW_ACCEPTED, event.follower_id, event.user_id, event.edge_id, is_active=True)


def of_rejection(event: FollowRejected) -> Iterator[Fact]:
    """Yield that a request waits no longer; whoever made it is not told."""
    yield _follow(FOLLOW_REQUEST, event.user_id, event.follower_id, event.edge_id, is_active=False)


def of_mentions(event: UsersMentioned | MentionsRemoved) -> Iterator[Fact]:
    """Yield, for each, that a post mentions them, or no longer does."""
    key = Key(MENTION, event.post_id, event.author_id)
    is_active = isinstance(event, UsersMentioned)
    root_id = event.root_id if isinstance(event, UsersMentioned) else 0
    for user_id in event.user_ids:
        yield Fact(user_id, key, event.version, is_active, root_id=root_id or event.post_id)


def of_reply(event: Replied | ReplyRemoved) -> Iterator[Fact]:
    """Yield that a user's post has a reply, or one less."""
    key = Key(REPLY, event.parent_id, event.author_id, post_id=event.post_id)
    is_active = isinstance(event, Replied)
    yield Fact(event.parent_author_id, key, event.post_id, is_active, root_id=event.root_id)


def of_share(event: PostShared | ShareRemoved) -> Iterator[Fact]:
    """Yield that a user's post was reposted or quoted, or that this is gone."""
    is_repost = event.kind == REPOSTED
    key = Key(
        REPOST if is_repost else QUOTE,
        event.original_id,
        event.author_id,
        post_id=0 if is_repost else event.post_id,
    )
    is_active = isinstance(event, PostShared)
    yield Fact(event.original_author_id, key, event.post_id, is_active, root_id=event.original_id)


def of_reaction(event: ReactionAdded | ReactionRemoved) -> Iterator[Fact]:
    """Yield that a post has a reaction, or one less; the news does not say whose post it is."""
    key = Key(REACTION, event.post_id, event.user_id, reaction=event.type)
    is_active = isinstance(event, ReactionAdded)
    yield Fact(0, key, event.edge_id, is_active, root_id=event.post_id)


def of_scheduled(event: ScheduledPostPublished) -> Iterator[Fact]:
    """Yield that what a user had scheduled is there."""
    yield Fact(event.author_id, Key(POST_PUBLISHED, event.post_id, 0), event.post_id, is_active=True)


def of_notice(event: SecurityNoticed, event_id: int) -> Fact:
    """Return that something was done to a user's account."""
    return Fact(event.user_id, Key(SECURITY, event_id, 0), event_id, is_active=True, name=event.notice)


def _follow(type: int, user_id: int, actor_id: int, edge_id: int, *, is_active: bool) -> Fact:
    return Fact(user_id, Key(type, user_id, actor_id), edge_id, is_active)
