"""What notifications hears: what somebody wants to be told of, and what ends it; and the clock."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar

from modules.accounts.events import SecurityNoticed
from modules.graph.events import (
    Blocked,
    BlockReceived,
    FollowAccepted,
    Followed,
    FollowRejected,
    FollowRequested,
    Unfollowed,
)
from modules.kernel import clock
from modules.kernel.bus import Together, periodic, subscribes
from modules.notifications.events import SendingDue
from modules.notifications.services import audits, facts, retention  # noqa: F401 - audits are registered here
from modules.notifications.services.facts import Fact
from modules.notifications.services.receiving import receive
from modules.notifications.services.sendings import deliver_part, forget_old_sendings
from modules.notifications.services.withdrawing import withdraw_actor, withdraw_post
from modules.posts.events import (
    MentionsRemoved,
    PostDeleted,
    PostShared,
    ReactionAdded,
    ReactionRemoved,
    Replied,
    ReplyRemoved,
    ScheduledPostPublished,
    ShareRemoved,
    UsersMentioned,
)
from sharding.outbox import Event
from sharding.scope import Once

E = TypeVar("E", bound=Event)
News = Sequence[tuple[E, Once]]

# So many of one kind make one message, of which all that are of one recipient are one transaction.
BATCH = 100


def _hear(read: Callable[[E], Iterable[Fact]]) -> Callable[[News[E]], None]:
    """Return what tells recipients of many events at once; facts tell a repeat by themselves."""

    def hear(news: News[E]) -> None:
        receive(chain.from_iterable(read(event) for event, _ in news), now=clock.now())

    return hear


_hear_replies, _hear_shares = _hear(facts.of_reply), _hear(facts.of_share)
_hear_follows, _hear_requests = _hear(facts.of_follow), _hear(facts.of_request)
_hear_mentions, _hear_reactions = _hear(facts.of_mentions), _hear(facts.of_reaction)


@subscribes(Followed, batch=BATCH, together=Together("target_id", _hear_follows))
def notify_of_follow(event: Followed, once: Once) -> None:
    """Tell a user of a new follower."""
    _hear_follows([(event, once)])


@subscribes(FollowRequested, batch=BATCH, together=Together("target_id", _hear_requests))
def notify_of_request(event: FollowRequested, once: Once) -> None:
    """Tell a user who asks to follow them."""
    _hear_requests([(event, once)])


@subscribes(FollowAccepted)
def notify_of_acceptance(event: FollowAccepted, once: Once) -> None:
    """Tell a user whom they may follow now; of the request nothing is left to be told."""
    receive(facts.of_acceptance(event), now=clock.now())


@subscribes(FollowRejected)
def withdraw_rejected(event: FollowRejected, once: Once) -> None:
    """Withdraw a request that was refused."""
    receive(facts.of_rejection(event), now=clock.now())


@subscribes(Unfollowed)
def withdraw_follow(event: Unfollowed, once: Once) -> None:
    """Withdraw what was told of an edge or a request that is gone."""
    receive(facts.of_unfollow(event), now=clock.now())


@subscribes(UsersMentioned)
def notify_of_mentions(event: UsersMentioned, once: Once) -> None:
    """Tell users that a post mentions them."""
    _hear_mentions([(event, once)])


@subscribes(MentionsRemoved)
def withdraw_mentions(event: MentionsRemoved, once: Once) -> None:
    """Withdraw mentions that a post has no longer."""
    _hear_mentions([(event, once)])


@subscribes(Replied, batch=BATCH, together=Together("parent_author_id", _hear_replies))
def notify_of_reply(event: Replied, once: Once) -> None:
    """Tell an author of a reply to their post."""
    _hear_replies([(event, once)])


@subscribes(ReplyRemoved, batch=BATCH, together=Together("parent_author_id", _hear_replies))
def withdraw_reply(event: ReplyRemoved, once: Once) -> None:
    """Withdraw a reply that is gone."""
    _hear_replies([(event, once)])


@subscribes(PostShared, batch=BATCH, together=Together("original_author_id", _hear_shares))
def notify_of_share(event: PostShared, once: Once) -> None:
    """Tell an author who reposts or quotes them."""
    _hear_shares([(event, once)])


@subscribes(ShareRemoved, batch=BATCH, together=Together("original_author_id", _hear_shares))
def withdraw_share(event: ShareRemoved, once: Once) -> None:
    """Withdraw a repost or a quote that is gone."""
    _hear_shares([(event, once)])


@subscribes(ReactionAdded, batch=BATCH, together=Together("post_id", _hear_reactions))
def notify_of_reaction(event: ReactionAdded, once: Once) -> None:
    """Tell an author of a reaction to their post."""
    _hear_reactions([(event, once)])


@subscribes(ReactionRemoved, batch=BATCH, together=Together("post_id", _hear_reactions))
def withdraw_reaction(event: ReactionRemoved, once: Once) -> None:
    """Withdraw a reaction that was taken back."""
    _hear_reactions([(event, once)])


@subscribes(ScheduledPostPublished)
def notify_of_scheduled(event: ScheduledPostPublished, once: Once) -> None:
    """Tell an author that what they had scheduled is there."""
    receive(facts.of_scheduled(event), now=clock.now())


@subscribes(SecurityNoticed)
def notify_of_notice(event: SecurityNoticed, once: Once) -> None:
    """Tell a user what was done to their account; the news itself is what it is told by once."""
    receive([facts.of_notice(event, int(once.key))], now=clock.now())


@subscribes(PostDeleted)
def withdraw_deleted(event: PostDeleted, once: Once) -> None:
    """Remove what an author was told of a post that is gone; a repeat is harmless."""
    withdraw_post(event.author_id, event.post_id)


@subscribes(Blocked)
def withdraw_blocked(event: Blocked, once: Once) -> None:
    """Withdraw what a user was told of whom they block now; a repeat is harmless."""
    withdraw_actor(event.user_id, event.target_id, now=clock.now())


@subscribes(BlockReceived)
def withdraw_blocker(event: BlockReceived, once: Once) -> None:
    """Withdraw what a user was told of who blocks them now; a repeat is harmless."""
    withdraw_actor(event.user_id, event.blocker_id, now=clock.now())


@subscribes(SendingDue, batch=1)
def deliver_sending(event: SendingDue, once: Once) -> None:
    """Bring a service's notification to a part of its recipients; a repeat is harmless."""
    deliver_part(event.sending_id, first=event.first, count=event.count, now=clock.now())


@periodic
def forget_old_notifications() -> None:
    """Forget notifications of long ago, and what services have sent and everybody has."""
    retention.forget_old_notifications(now=clock.now())
    forget_old_sendings(now=clock.now())
