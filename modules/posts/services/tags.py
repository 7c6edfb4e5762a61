"""A tag's list of posts: a mirror, written after the news of them; and how much tags are used."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.db.models import F

from modules.graph import public as graph
from modules.posts.events import PostTagged, TagsPurged, TagsRemoved
from modules.posts.models import Tag, TagPost, TagStat, TagTotal, TagUse
from modules.posts.selectors.tags import tag_id_of
from modules.posts.services.tag_hints import tell_tag
from sharding.ids import moment_of
from sharding.scope import Once, for_each_owner, require_binding, writing_directory, writing_for

# An author counts once for a tag in this time.
DAY: Final = timedelta(hours=24)
# Hours are kept a little longer than anything asks for them; tags that nobody uses are forgotten later.
_KEPT: Final = timedelta(days=7)
_FORGOTTEN: Final = timedelta(days=90)

_MAKE: Final = "INSERT INTO posts_tag (tag_id, tag) VALUES (%s, %s) ON CONFLICT DO NOTHING"
# Every table is written in the order of tags, so that of two posts at once the second waits and none is torn.
_COUNT: Final = """
    WITH used AS (
        INSERT INTO posts_taguse AS known (tag, author_id, counted_at)
        SELECT tag, %(author_id)s, %(at)s FROM unnest(%(tags)s::text[]) AS tag ORDER BY tag
        ON CONFLICT (tag, author_id) DO UPDATE SET counted_at = excluded.counted_at
        WHERE known.counted_at <= excluded.counted_at - interval '24 hours'
        RETURNING tag),
    counted AS (
        SELECT tag, (used.tag IS NOT NULL)::int AS authors
        FROM unnest(%(tags)s::text[]) AS tag LEFT JOIN used USING (tag) ORDER BY tag),
    hourly AS (
        INSERT INTO posts_tagstat AS known (tag, hour, posts, authors)
        SELECT tag, %(hour)s, 1, authors FROM counted ORDER BY tag
        ON CONFLICT (tag, hour) DO UPDATE
        SET posts = known.posts + 1, authors = known.authors + excluded.authors)
    INSERT INTO posts_tagtotal AS known (tag, authors, last_used_at)
    SELECT tag, authors, %(at)s FROM counted ORDER BY tag
    ON CONFLICT (tag) DO UPDATE
    SET authors = known.authors + excluded.authors,
        last_used_at = greatest(known.last_used_at, excluded.last_used_at)"""


def receive_tags(news: PostTagged | TagsRemoved, *, once: Once) -> None:
    """
    Note at each of its tags that a post has it, or has it no more; older news than what is known is ignored.

    What a private account says is noted nowhere: were it to go public, it would be announced again.
    """
    is_active = isinstance(news, PostTagged)
    if is_active and graph.is_private(news.author_id):
        return
    names = {tag_id_of(tag): tag for tag in news.tags}

    def receive(tag_id: int, once: Once) -> None:
        row = TagPost(
            tag_id=tag_id,
            post_id=news.post_id,
            author_id=news.author_id,
            version=news.version,
            is_active=is_active,
        )
        with writing_for(tag_id, once=once):
            is_new = _receive(row, names[tag_id])
        if is_new and isinstance(news, PostTagged) and news.is_news:
            tell_tag(tag_id, news.post_id)

    for_each_owner(sorted(names), receive, once=once)


def count_tags(news: PostTagged, *, now: datetime, once: Once) -> None:
    """
    Count that somebody used tags, in the hour in which the post was published, once.

    Not counted is what is no news: what a private account says, what is announced again, and posts that are
    older than anybody asks for.
    """
    at = moment_of(news.post_id)
    if not news.is_news or at < now - _KEPT or graph.is_private(news.author_id):
        return
    used: dict[str, Any] = {
        "tags": sorted(set(news.tags)),
        "author_id": news.author_id,
        "at": at,
        "hour": at.replace(minute=0, second=0, microsecond=0),
    }
    # The rows of `once` are the author's: nobody's would be one queue for all.
    with (
        writing_directory(once=once, owner_id=news.author_id) as write,
        connections[write.alias].cursor() as cursor,
    ):
        cursor.execute(_COUNT, used)


def forget_old_tag_counts(*, now: datetime) -> None:
    """Forget hours, authors and tags that nobody asks for any more; a repeat finds nothing."""
    with writing_directory():
        TagStat.objects.filter(hour__lt=now - _KEPT).delete()
        TagUse.objects.filter(counted_at__lt=now - DAY).delete()
        TagTotal.objects.filter(last_used_at__lt=now - _FORGOTTEN).delete()


def lock_tag(tag_id: int, tag: str) -> Tag:
    """Return a tag, locked until the open transaction of its shard ends; made if it is missing."""
    tags = Tag.objects.of(tag_id).select_for_update()
    if (found := tags.first()) is None:
        with require_binding().connection.cursor() as cursor:
            cursor.execute(_MAKE, [tag_id, tag])
        found = tags.get()
    if not found.tag:  # it was forgotten, and somebody says it again
        Tag.objects.of(tag_id).update(tag=tag)
    return found


def forget_unused_tags(news: TagsPurged, *, once: Once) -> None:
    """
    Forget the words of a purged post that no other post has, once: what is left of each are tombstones.

    Who uses one in this very moment may find it counted from zero.
    """
    unused: list[str] = []
    for tag in news.tags:
        tag_id = tag_id_of(tag)
        with writing_for(tag_id):
            rows = Tag.objects.of(tag_id)
            rows.select_for_update().first()
            if not TagPost.objects.of(tag_id).filter(is_active=True).exists():
                rows.update(tag="")
                unused.append(tag)
    if unused:
        with writing_directory(once=once, owner_id=news.author_id):
            for model in (TagTotal, TagStat, TagUse):
                model.objects.filter(tag__in=unused).delete()


def _receive(row: TagPost, name: str) -> bool:
    """Bring one row to a newer state, in the open transaction; return whether there was none."""
    tag = lock_tag(row.tag_id, name)
    if row.post_id <= tag.floor_id:
        return False
    known = TagPost.objects.of(row.tag_id).filter(post_id=row.post_id).first()
    if known is not None:
        if known.age < row.age:
            row.save(force_update=True)
        return False
    row.save(force_insert=True)
    Tag.objects.of(row.tag_id).update(kept=F("kept") + 1)
    if tag.kept + 1 > settings.POSTS.tag_window + settings.POSTS.tag_slack:
        _trim(row.tag_id)
    return True


def _trim(tag_id: int) -> None:
    """Keep the newest of a tag's list, and note below what there is nothing any more."""
    rows = TagPost.objects.of(tag_id)
    window = settings.POSTS.tag_window
    newest = rows.order_by("-post_id").values_list("post_id", flat=True)
    for floor_id in newest[window : window + 1]:
        rows.filter(post_id__lte=floor_id).delete()
        Tag.objects.of(tag_id).update(kept=window, floor_id=floor_id)
