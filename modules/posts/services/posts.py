"""Publishing and deleting posts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NoReturn

from django.db import connections
from django.db.models import F

from modules.graph.public import viewer_of
from modules.kernel.derived import derived, follow_now
from modules.kernel.errors import InputError
from modules.kernel.stored_json import to_text
from modules.media import public as media
from modules.posts.errors import NotYourPost, PostEmpty
from modules.posts.events import PostDeleted, PostPublished
from modules.posts.models import AuthorCount, Post
from modules.posts.schemas import (
    AUDIENCES,
    KINDS,
    LINK_COLUMNS,
    MEDIA_COLUMNS,
    POST_COLUMNS,
    REPLY_POLICIES,
    NewPost,
    PostCard,
    PostContent,
    PostEntity,
)
from modules.posts.selectors.cards import POSTS
from modules.posts.selectors.visibility import map_visible
from modules.posts.services.entities import find_entities
from modules.posts.services.links import NO_LINKS, Links, announce_links, end_links, find_links
from modules.posts.services.mentions import announce_mentions, end_mentions
from modules.posts.services.tag_news import announce_tags, end_tags, tags_in
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import Once, Write, writing_for

# The row, its id and the author's count in one statement: through the ORM it is three, and twice the CPU.
_INSERT: Final = """
    WITH counted AS (
        INSERT INTO posts_authorcount (author_id, posts) VALUES (%(author_id)s, 1)
        ON CONFLICT (author_id) DO UPDATE SET posts = posts_authorcount.posts + 1)
    INSERT INTO posts_post (id, {columns}) VALUES (next_id(%(shard)s), {values}) RETURNING id"""
_PUBLISH: Final = _INSERT.format(
    columns=", ".join(POST_COLUMNS), values=", ".join(f"%({name})s" for name in POST_COLUMNS)
)
_WITH_LINKS: Final = {**POST_COLUMNS, **LINK_COLUMNS, **MEDIA_COLUMNS}
_PUBLISH_WITH_LINKS: Final = _INSERT.format(
    columns=", ".join(_WITH_LINKS), values=", ".join(f"%({name})s" for name in _WITH_LINKS)
)


def publish_post(author_id: int, new: NewPost, *, now: datetime, once: Once | None) -> PostCard:
    """
    Publish a post, count it and announce it; all of it happens, or nothing.

    :raises AlreadyDone: with the first answer, if `once` was used before
    :raises PostEmpty: if it has neither text nor media
    :raises TooManyEntities: if it mentions more people, or has more tags or links, than a post may
    :raises PostNotFound: if it replies to or quotes what the author may not see; refusals of `find_links`
    :raises MediaUnfit: if the author cannot show one of its media
    """
    require_content(new.text, new.media_ids)
    entities = find_entities(new.text)
    links = find_links(author_id, new, once=once)
    with writing_for(author_id, once=once) as write:
        published, card = insert_post(write, new, entities, now=now, links=links)
        if once is not None:
            write.answer(201, card.json_bytes())
    follow_now(published)
    return card


def require_content(text: str, media_ids: Sequence[int]) -> None:
    """:raises PostEmpty: of what would say nothing and show nothing"""
    if not text and not media_ids:
        hint = "Write something, or name media in `media_ids`."
        raise PostEmpty(errors=[InputError("/text", "post_empty", hint)])


def insert_post(
    write: Write,
    new: PostContent,
    entities: list[PostEntity],
    *,
    now: datetime,
    links: Links = NO_LINKS,
    draft_id: int | None = None,
) -> tuple[PostPublished, PostCard]:
    """
    Make the row of a post of the open transaction's owner; return the news of it and its card.

    What it shows may be shown by nothing else, or by the draft that it was.

    :raises MediaUnfit: if the author cannot show one of its media
    """
    author_id, audience = write.owner_id, AUDIENCES.index(new.audience)
    row: dict[str, int | str | datetime | None] = {
        "shard": shard_of(author_id),
        "author_id": author_id,
        "text": new.text,
        "published_at": now,
        "version": 1,
        "audience": audience,
        "entities": to_text([entity.model_dump() for entity in entities]) if entities else "[]",
        "custom": to_text(new.custom) if new.custom else "{}",
        "reply_policy": REPLY_POLICIES.index(new.reply_policy),
    }
    with connections[write.alias].cursor() as cursor:
        if links is NO_LINKS and not new.media_ids:
            cursor.execute(_PUBLISH, row)
        else:
            row["media_ids"] = to_text(new.media_ids) if new.media_ids else "[]"
            cursor.execute(_PUBLISH_WITH_LINKS, row | links._asdict())
        (post_id,) = cursor.fetchone()
    if new.media_ids:
        media.attach_media(author_id, new.media_ids, to=post_id, held_by=draft_id)
    outbox.record(published := PostPublished(post_id=post_id, author_id=author_id, audience=audience))
    if links is not NO_LINKS:
        announce_links(post_id, author_id, links)
    if entities:
        announce_tags(published, tags_in(entities))
        mentioned = [id for entity in entities if (id := entity.user_id)]
        announce_mentions(
            author_id, post_id, mentioned, root_id=links.root_id, but=links.reply_to_author_id, version=1
        )
    return published, PostCard(
        id=post_id,
        author_id=author_id,
        kind=KINDS[links.kind],
        text=new.text,
        entities=entities,
        media_ids=new.media_ids,
        audience=new.audience,
        reply_policy=new.reply_policy,
        reply_to=links.reply_to,
        root_id=links.root_id,
        original=links.original,
        custom=new.custom,
        published_at=now,
        edited_at=None,
    )


def delete_post(user_id: int, post_id: int, *, now: datetime) -> None:
    """
    Delete a user's own post, leaving a tombstone; deleting it again changes nothing.

    :raises PostNotFound: if there is no such post, or somebody else's was deleted or may not be shown
    :raises NotYourPost: if it is somebody else's
    """
    version = _delete(user_id, post_id, now=now) if shard_of(post_id) == shard_of(user_id) else None
    if version is None:
        refuse_unowned(user_id, post_id)
    # After the commit: before it, a reader could still render the row that is about to go.
    put_tombstone.now(post_id, version=version)


def refuse_unowned(user_id: int, post_id: int) -> NoReturn:
    """
    Refuse to change a post that is not the user's.

    :raises PostNotFound: if there is no such post, or the user may not see it
    :raises NotYourPost: else
    """
    map_visible([post_id], viewer=viewer_of(user_id)).require(post_id)
    raise NotYourPost


@derived(PostDeleted)
def put_tombstone(post_id: int, *, version: int) -> None:
    """Put the tombstone over a deleted post's card, which would outlive its post."""
    POSTS.put_tombstone([post_id], version=version)


def _delete(user_id: int, post_id: int, *, now: datetime) -> int | None:
    """Return the tombstone's version, made now or before, or None if the user has no such post."""
    with writing_for(user_id):
        post = Post.objects.of(user_id).select_for_update().filter(id=post_id).first()
        if post is None or post.deleted_at is not None:
            return post.version if post else None
        return leave_tombstone(post, now=now)


def leave_tombstone(post: Post, *, now: datetime) -> int:
    """
    Make a post that is locked and stands a tombstone, in the open transaction, and announce all that ends.

    Returns the tombstone's version; `put_tombstone` has the card go, after the commit.
    """
    user_id, version = post.author_id, post.version + 1
    Post.objects.of(user_id).filter(id=post.id).update(version=version, deleted_at=now, pin_id=None)
    AuthorCount.objects.of(user_id).update(posts=F("posts") - 1)
    outbox.record(PostDeleted(post_id=post.id, author_id=user_id, version=version))
    end_links(post)
    end_tags(post, version=version)
    end_mentions(post, version=version)
    return version
