"""What timelines hears. Each handler is idempotent, because a window takes a post once."""

from modules.graph.events import FollowerAdded, Unfollowed
from modules.kernel.bus import subscribes
from modules.posts.events import PostPublished
from modules.timelines.services import windows
from modules.timelines.services.windows import push_to_author
from sharding.scope import Once


@subscribes(PostPublished, queue="fanout")
def fan_out(event: PostPublished, once: Once) -> None:
    """Put a new post into the homes of its author and their followers."""
    push_to_author(event.post_id, event.author_id)
    windows.push_to_followers(event.post_id, event.author_id)


@subscribes(FollowerAdded)
def backfill(event: FollowerAdded, once: Once) -> None:
    """Put the newest posts of somebody newly followed into the follower's home."""
    windows.backfill(event.follower_id, event.user_id)


@subscribes(Unfollowed)
def scrub(event: Unfollowed, once: Once) -> None:
    """Take the posts of somebody no longer followed out of the home."""
    windows.scrub(event.follower_id, event.target_id)
