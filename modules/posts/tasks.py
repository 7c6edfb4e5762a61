"""What posts hears: its own deletions, so that a card which Redis kept cannot outlive its post."""

from modules.kernel.bus import subscribes
from modules.posts.events import PostDeleted
from modules.posts.services import audits  # noqa: F401 - they are registered where news is heard
from modules.posts.services.posts import put_tombstone
from sharding.scope import Once


@subscribes(PostDeleted)
def bury_deleted(event: PostDeleted, once: Once) -> None:
    """Put the tombstone again, in case the request died or Redis was away; a repeat is harmless."""
    put_tombstone(event.post_id, version=event.version)
