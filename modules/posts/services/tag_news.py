"""What is said of a post's tags, in the transaction that writes the post; of one without any, nothing."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import TextField
from django.db.models.functions import Cast

from modules.posts.events import PostPublished, PostTagged, TagsDue, TagsRemoved
from modules.posts.models import Post
from modules.posts.schemas import PUBLIC, PostEntity
from sharding import outbox
from sharding.scope import Once, writing_for

# So many posts are announced at a time: a transaction of some milliseconds.
PART: Final = 500
# What the JSON of entities with a tag in it has, wherever else it may stand.
_MARK: Final = '"type":"tag"'


def tags_in(entities: Iterable[PostEntity]) -> list[str]:
    """Return the tags that were found in a text, once each."""
    return list(dict.fromkeys(entity.tag for entity in entities if entity.tag is not None))


def public_tags(post: Post) -> list[str]:
    """Return the tags by which everybody may find a post: none of one that is for fewer."""
    if post.audience != PUBLIC or not post.entities:
        return []
    return list(dict.fromkeys(each["tag"] for each in post.entities if each["type"] == "tag"))


def announce_tags(published: PostPublished, tags: list[str]) -> None:
    """Say that a new post has tags, in the open transaction, if it has any and is for everybody."""
    if tags and published.audience == PUBLIC:
        outbox.record(
            PostTagged(post_id=published.post_id, author_id=published.author_id, version=1, tags=tags)
        )


def announce_changed_tags(post: Post, *, before: Sequence[str]) -> None:
    """Say which tags an edited post has now and had not, and which it had and has no more."""
    now = public_tags(post)
    if added := [tag for tag in now if tag not in before]:
        outbox.record(PostTagged(post_id=post.id, author_id=post.author_id, version=post.version, tags=added))
    _announce_removed(post, [tag for tag in before if tag not in now], version=post.version)


def end_tags(post: Post, *, version: int) -> None:
    """Say that a post which is gone is found by its tags no more; `version` is that of its tombstone."""
    _announce_removed(post, public_tags(post), version=version)


def announce_tags_of(author_id: int, *, before: int, once: Once | None) -> int:
    """
    Announce again the tags of an author's posts below an id, newest first, and have those beneath follow.

    It is done in parts, of which this is one; returns how many posts it announced.
    """
    with writing_for(author_id, once=once):
        public = Post.objects.of(author_id).filter(id__lt=before, deleted_at=None, audience=PUBLIC)
        tagged = public.annotate(kept=Cast("entities", TextField())).filter(kept__contains=_MARK)
        part = list(tagged.order_by("-id")[:PART])
        for post in part:
            announce_again(post)
        if len(part) == PART:
            outbox.record(TagsDue(author_id=author_id, before_id=part[-1].id))
    return len(part)


def announce_again(post: Post, tags: list[str] | None = None) -> None:
    """Announce a post's tags, or some of them, that are no news: their list is to hear, and nobody counts."""
    if tags := public_tags(post) if tags is None else tags:
        outbox.record(
            PostTagged(
                post_id=post.id, author_id=post.author_id, version=post.version, tags=tags, is_news=False
            )
        )


def _announce_removed(post: Post, tags: list[str], *, version: int) -> None:
    if tags:
        outbox.record(TagsRemoved(post_id=post.id, author_id=post.author_id, version=version, tags=tags))
