"""What graph does after its own news: the other side of each edge, and the rule sets."""

from modules.graph.events import Followed, Unfollowed
from modules.graph.services.followers import add_follower, remove_follower
from modules.graph.services.rules import drop_rules
from modules.kernel import clock
from modules.kernel.bus import subscribes
from sharding.scope import Once


@subscribes(Followed, queue="mirrors")
def mirror_follow(event: Followed, once: Once) -> None:
    """Write the followee's side of a new edge and its count, once."""
    add_follower(event.target_id, event.follower_id, edge_id=event.edge_id, now=clock.now(), once=once)


@subscribes(Unfollowed, queue="mirrors")
def mirror_unfollow(event: Unfollowed, once: Once) -> None:
    """Write the end of an edge on the followee's side and its count, once."""
    remove_follower(event.target_id, event.follower_id, edge_id=event.edge_id, now=clock.now(), once=once)


@subscribes(Followed, queue="mirrors")
def refresh_rules_after_follow(event: Followed, once: Once) -> None:
    """Drop the follower's rule set again, should his request have died or Redis been away."""
    drop_rules(event.follower_id)


@subscribes(Unfollowed, queue="mirrors")
def refresh_rules_after_unfollow(event: Unfollowed, once: Once) -> None:
    """Drop the follower's rule set again, should his request have died or Redis been away."""
    drop_rules(event.follower_id)
