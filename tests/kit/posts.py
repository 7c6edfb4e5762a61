"""Posts of somebody, new and old."""

from __future__ import annotations

from modules.posts.schemas import NewPost, PastPost
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.posts import publish_post
from modules.posts.services.reposts import repost as repost_post
from sharding.ids import make_id, moment_of, shard_of
from tests.kit.delivery import until_replicated
from tests.kit.people import NOON, Person


def publish(author: Person, text: str = "Hello") -> int:
    """Publish through the real service; nobody has heard of it yet."""
    return publish_post(author.id, NewPost(text=text), now=NOON, once=None).id


def show(author: Person, *media_ids: int, text: str = "Look") -> int:
    """Publish what shows images or videos."""
    return publish_post(author.id, NewPost(text=text, media_ids=list(media_ids)), now=NOON, once=None).id


def reply(author: Person, post_id: int, text: str = "Indeed") -> int:
    """Reply to a post; what is above it hears of it when that is delivered."""
    return publish_post(author.id, NewPost(text=text, reply_to=post_id), now=NOON, once=None).id


def quote(author: Person, post_id: int, text: str = "Look") -> int:
    """Quote a post."""
    return publish_post(author.id, NewPost(text=text, quote_of=post_id), now=NOON, once=None).id


def repost(author: Person, post_id: int) -> int:
    """Repost a post."""
    return repost_post(author.id, post_id, now=NOON).id


def publish_past(author: Person, *moments: int) -> list[int]:
    """Make posts of 2025 without news; the greater the number, the newer the post."""
    sequence = author.id & 1023
    create_posts_in_bulk([PastPost(author.id, f"past {n}", moment_of(n << 22), sequence) for n in moments])
    until_replicated()
    return [make_id(n, shard_of(author.id), sequence) for n in moments]
