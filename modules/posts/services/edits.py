"""Editing posts: new bodies and audiences at once everywhere, the old bodies kept."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from modules.graph.public import viewer_of
from modules.kernel.cards import RenderedCard
from modules.kernel.derived import derived
from modules.kernel.errors import check_version
from modules.kernel.rendered import Rendered
from modules.media import public as media
from modules.posts.errors import PostIsRepost, PostNotFound
from modules.posts.events import PostEdited
from modules.posts.models import Post, PostRevision
from modules.posts.schemas import AUDIENCES, REPLY_POLICIES, REPOST, EditPost, PostHead, PostView
from modules.posts.selectors.cards import POSTS, render, render_posts
from modules.posts.selectors.pages import get_post
from modules.posts.services.entities import Found, mentioned_ids, mentioned_in, resolve, scan, to_entities
from modules.posts.services.mentions import announce_mentions, end_mentions
from modules.posts.services.posts import refuse_unowned, require_content
from modules.posts.services.tag_news import announce_changed_tags, public_tags
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import writing_for

MAX_REVISIONS: Final = 50
# What a revision keeps, and what makes a post an edited one.
_BODY: Final = ("text", "entities", "custom", "media_ids")


def edit_post(
    user_id: int, post_id: int, edit: EditPost, *, now: datetime, seen: Collection[int] | None = None
) -> Rendered[PostView]:
    """
    Change what was sent of a user's own post if it still is as the caller saw it, and announce it.

    Whoever is mentioned already stays so, whatever they are called by now. Where nothing changes, nothing
    happens.

    :raises PostNotFound: if there is no such post, it was deleted, or it may not be shown
    :raises NotYourPost: if it is somebody else's
    :raises PostIsRepost: if it is a repost, which has nothing of its own
    :raises Stale: if its version is none of those seen; None stands for any
    :raises TooManyEntities: if the text mentions more people, or has more tags or links, than a post may
    :raises PostEmpty: if it would have neither text nor media
    :raises MediaUnfit: if the author cannot show one of its media
    """
    found = list(scan(edit.text)) if "text" in edit.model_fields_set else []
    names = resolve(found)
    if shard_of(post_id) != shard_of(user_id):
        refuse_unowned(user_id, post_id)
    with writing_for(user_id):
        post = Post.objects.of(user_id).select_for_update().filter(id=post_id).first()
        if post is not None:
            if post.deleted_at is not None:
                raise PostNotFound
            if post.kind == REPOST:
                raise PostIsRepost
            check_version(post.version, seen)
            if changes := _find_changes(post, edit, found, names):
                _apply(post, changes, now=now)
    if post is None:
        refuse_unowned(user_id, post_id)
    elif changes:
        renew_card.now(post_id, render(post))
    return get_post(post_id, viewer=viewer_of(user_id))


@derived(PostEdited)
def renew_card(post_id: int, card: RenderedCard[PostHead] | None = None) -> None:
    """
    Put the card of now into the cache, or the one just made; an older one there gives way, a newer one stays.

    One that was not renewed would show what its author took back, to whom they kept out.
    """
    POSTS.put(render_posts([post_id], unavailable=None) if card is None else {post_id: card})


def _find_changes(post: Post, edit: EditPost, found: list[Found], names: Mapping[str, int]) -> dict[str, Any]:
    """
    Return the columns that an edit changes, with their new values.

    :raises PostEmpty: if the post would have neither text nor media
    """
    wanted: dict[str, Any] = edit.model_dump(exclude_unset=True)
    if "audience" in wanted:
        wanted["audience"] = AUDIENCES.index(edit.audience)
    if "reply_policy" in wanted:
        wanted["reply_policy"] = REPLY_POLICIES.index(edit.reply_policy)
    if "text" in wanted and edit.text != post.text:
        known = {**names, **mentioned_in(post.text, post.entities)}
        wanted["entities"] = [each.model_dump() for each in to_entities(edit.text, found, known)]
    changes = {name: value for name, value in wanted.items() if getattr(post, name) != value}
    if not changes.keys().isdisjoint(("text", "media_ids")):
        require_content(changes.get("text", post.text), changes.get("media_ids", post.media_ids))
    return changes


def _apply(post: Post, changes: dict[str, Any], *, now: datetime) -> None:
    """
    Keep the old body if there is a new one, write the row and announce it.

    :raises MediaUnfit: if the author cannot show one of its media
    """
    before, tags_before = mentioned_ids(post.entities), public_tags(post)
    former_audience = post.audience
    if not changes.keys().isdisjoint(_BODY):
        _keep_revision(post)
        changes["edited_at"] = now
    if "media_ids" in changes:
        media.show_instead(post.author_id, changes["media_ids"], on=post.id)
    changes["version"] = post.version + 1
    Post.objects.of(post.author_id).filter(id=post.id).update(**changes)
    for name, value in changes.items():
        setattr(post, name, value)
    mentioned = mentioned_ids(post.entities)
    outbox.record(
        PostEdited(
            post_id=post.id,
            author_id=post.author_id,
            version=post.version,
            audience=post.audience,
            former_audience=former_audience,
            mentioned_ids=sorted(mentioned - before),
        )
    )
    announce_changed_tags(post, before=tags_before)
    _announce_changed_mentions(post, before=before, now=mentioned)


def _announce_changed_mentions(post: Post, *, before: Collection[int], now: Collection[int]) -> None:
    announce_mentions(
        post.author_id,
        post.id,
        set(now) - set(before),
        root_id=post.root_id,
        but=post.reply_to_author_id,
        version=post.version,
    )
    end_mentions(post, version=post.version, user_ids=set(before) - set(now))


def _keep_revision(post: Post) -> None:
    """Keep a post's body as it is, and forget the oldest of what was kept beyond the limit."""
    kept = PostRevision.objects.of(post.author_id).filter(post_id=post.id)
    PostRevision.objects.create(
        author_id=post.author_id,
        post_id=post.id,
        version=post.version,
        text=post.text,
        entities=post.entities,
        custom=post.custom,
        media_ids=post.media_ids,
        written_at=post.edited_at or post.published_at,
    )
    versions = kept.order_by("-version").values_list("version", flat=True)
    for oldest in versions[MAX_REVISIONS : MAX_REVISIONS + 1]:
        kept.filter(version__lte=oldest).delete()
