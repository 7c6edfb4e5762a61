"""What graph does after its own news: the other side of each edge, and the following cache."""

from modules.accounts.events import AccountStatusChanged, ErasureBegun
from modules.graph.events import (
    Blocked,
    FollowAccepted,
    FollowConfirmed,
    Followed,
    FollowRejected,
    FollowRequested,
    FollowRevoked,
    RequestsAnswered,
    StatusChanged,
    TiesChanged,
    Unblocked,
    Unfollowed,
)

# They are registered where news is heard.
from modules.graph.services import audits, block_audits  # noqa: F401
from modules.graph.services.blocks import mirror_block
from modules.graph.services.consent import answer_requests, confirm_follow
from modules.graph.services.erasure import forget_in_others
from modules.graph.services.followers import add_follower, add_request, remove_follower
from modules.graph.services.following_cache import drop_following
from modules.graph.services.follows import end_follow
from modules.graph.services.statuses import note_status, sync_followees, sync_followers
from modules.graph.services.ties import renew_ties
from modules.kernel import clock
from modules.kernel.bus import subscribes
from sharding.scope import Once


@subscribes(Followed, queue="mirrors")
def mirror_follow(event: Followed, once: Once) -> None:
    """Write the followee's side of a new edge and its count, once."""
    add_follower(event.target_id, event.follower_id, edge_id=event.edge_id, now=clock.now(), once=once)


@subscribes(FollowRequested, queue="mirrors")
def mirror_request(event: FollowRequested, once: Once) -> None:
    """Write a request on the side of whom it asks, once."""
    add_request(event.target_id, event.follower_id, edge_id=event.edge_id, now=clock.now(), once=once)


@subscribes(FollowAccepted, queue="mirrors")
def confirm_accepted(event: FollowAccepted, once: Once) -> None:
    """Make a request that was accepted an edge on the follower's side, with its count, once."""
    confirm_follow(event.follower_id, event.user_id, edge_id=event.edge_id, once=once)


@subscribes(FollowRejected, queue="mirrors")
def end_rejected(event: FollowRejected, once: Once) -> None:
    """Remove a request that was rejected on the follower's side, once."""
    end_follow(event.follower_id, event.user_id, edge_id=event.edge_id, once=once)


@subscribes(FollowRevoked, queue="mirrors")
def end_revoked(event: FollowRevoked, once: Once) -> None:
    """Remove the edge of a removed follower on their side, with its count, once."""
    end_follow(event.follower_id, event.user_id, edge_id=event.edge_id, once=once)


@subscribes(RequestsAnswered, queue="mirrors")
def answer_open_requests(event: RequestsAnswered, once: Once) -> None:
    """Answer a part of the requests to somebody who went public, once, and have the next part follow."""
    answer_requests(
        event.user_id,
        are_accepted=event.are_accepted,
        after=event.after_edge_id,
        last=event.last_edge_id,
        now=clock.now(),
        once=once,
    )


@subscribes(Unfollowed, queue="mirrors")
def mirror_unfollow(event: Unfollowed, once: Once) -> None:
    """Write the end of an edge on the followee's side and its count, once."""
    remove_follower(event.target_id, event.follower_id, edge_id=event.edge_id, now=clock.now(), once=once)


@subscribes(Followed, queue="mirrors")
def refresh_rules_after_follow(event: Followed, once: Once) -> None:
    """Drop from the cache whom the follower follows, should the request have died or Redis been away."""
    drop_following(event.follower_id)


@subscribes(FollowConfirmed, queue="mirrors")
def refresh_rules_after_consent(event: FollowConfirmed, once: Once) -> None:
    """Drop from the cache whom the follower follows, should the handler of the consent have died."""
    drop_following(event.follower_id)


@subscribes(Unfollowed, queue="mirrors")
def refresh_rules_after_unfollow(event: Unfollowed, once: Once) -> None:
    """Drop from the cache whom the follower follows, should the request have died or Redis been away."""
    drop_following(event.follower_id)


@subscribes(Blocked, queue="mirrors")
def mirror_blocked(event: Blocked, once: Once) -> None:
    """Write a block on the shard of who is blocked, and end their following the blocker, once."""
    mirror_block(event.target_id, event.user_id, edge_id=event.edge_id, is_active=True, once=once)


@subscribes(Unblocked, queue="mirrors")
def mirror_unblocked(event: Unblocked, once: Once) -> None:
    """Write the end of a block on the shard of who was blocked, once."""
    mirror_block(event.target_id, event.user_id, edge_id=event.edge_id, is_active=False, once=once)


@subscribes(TiesChanged, queue="mirrors")
def refresh_ties(event: TiesChanged, once: Once) -> None:
    """Renew the cached exceptions, should the request have died or Redis been away; a repeat is harmless."""
    renew_ties(event.user_id)


@subscribes(AccountStatusChanged, queue="mirrors")
def note_account_status(event: AccountStatusChanged, once: Once) -> None:
    """Note that an account was closed or opened, once; what follows from it is news of graph's own."""
    note_status(event.user_id, is_closed=not event.is_active, once=once)


@subscribes(StatusChanged, queue="mirrors")
def count_follower_by_status(event: StatusChanged, once: Once) -> None:
    """Show or hide a user among the followers of others; what has heard of it changes no more."""
    if not event.after_edge_id:
        sync_followees(event.user_id, version=event.version)


@subscribes(StatusChanged, queue="mirrors")
def count_followee_by_status(event: StatusChanged, once: Once) -> None:
    """Show or hide a user among those whom others follow, a part of them at a time."""
    sync_followers(event.user_id, version=event.version, after=event.after_edge_id, once=once)


@subscribes(ErasureBegun, queue="mirrors", batch=1)
def forget_erased(event: ErasureBegun, once: Once) -> None:
    """End the blocks and mutes against who is being erased; a repeat goes on where the first one was."""
    forget_in_others(event.user_id)
