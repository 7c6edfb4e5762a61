"""Posts of somebody, new and old."""

from __future__ import annotations

from modules.posts.schemas import NewPost, PastPost
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.posts import publish_post
from sharding.ids import make_id, moment_of, shard_of
from tests.kit.delivery import until_replicated
from tests.kit.people import NOON, Person


def publish(author: Person, text: str = "Hello") -> int:
    """Publish through the real service; nobody has heard of it yet."""
    return publish_post(author.id, NewPost(text=text), now=NOON, once=None).id


def publish_past(author: Person, *moments: int) -> list[int]:
    """Make posts of 2025 without news; the greater the number, the newer the post."""
    sequence = author.id & 1023
    create_posts_in_bulk([PastPost(author.id, f"past {n}", moment_of(n << 22), sequence) for n in moments])
    until_replicated()
    return [make_id(n, shard_of(author.id), sequence) for n in moments]
