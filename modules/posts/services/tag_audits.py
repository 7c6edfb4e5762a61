"""
Audits of tags: each public post at its tags and each tag's list at the posts, and how much a list has.

The post's own row is the authority. What is wrong is mended by announcing it again, so that it takes the way
of all news; nothing of that is counted as use.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.backends.utils import CursorWrapper
from django.db.models import F

from modules.graph import public as graph
from modules.posts.events import TagsRemoved
from modules.posts.models import AuthorCount, Post, Tag, TagPost
from modules.posts.selectors.tags import tag_id_of
from modules.posts.services.tag_news import announce_again, public_tags
from modules.posts.services.tags import lock_tag
from sharding import audits, outbox
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import writing_for

MISSING, ORPHAN, COUNTS = "mirror_missing", "mirror_without_post", "counts_differ"
# A list has thousands of rows: of so many tags at a time.
_TAGS: Final = 10

_TAGGED: Final = """
    SELECT author_id, id, entities FROM posts_post
    WHERE author_id = ANY(%s) AND deleted_at IS NULL AND audience = 0
        AND entities LIKE '%%"type":"tag"%%'"""
_TAGGED_OF: Final = """
    SELECT author_id, id, entities FROM posts_post
    WHERE (author_id, id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
        AND deleted_at IS NULL AND audience = 0"""
_FLOORS: Final = "SELECT tag_id, floor_id FROM posts_tag WHERE tag_id = ANY(%s)"
_THERE: Final = """
    SELECT tag_id, post_id FROM posts_tagpost
    WHERE (tag_id, post_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) AND is_active"""
_LISTED: Final = """
    SELECT tag_id, tag, post_id, author_id, version FROM posts_tagpost JOIN posts_tag USING (tag_id)
    WHERE tag_id = ANY(%s) AND is_active"""
_KEPT: Final = """
    SELECT tag_id, kept, (SELECT count(*) FROM posts_tagpost AS row WHERE row.tag_id = tag.tag_id)
    FROM posts_tag AS tag WHERE tag_id = ANY(%s)"""


def compare_posts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the public posts of these authors that the list of a tag lacks, and ought to have."""
    private = graph.list_private(owner_ids)
    wanted: dict[tuple[int, int], tuple[int, str]] = {}
    for author_id, post_id, entities in _read(_TAGGED, [id for id in owner_ids if id not in private]):
        for tag in _tags_of(entities):
            wanted[tag_id_of(tag), post_id] = author_id, tag
    floors = dict(_read(_FLOORS, {tag_id for tag_id, _ in wanted}))
    there = set(_read_pairs(_THERE, wanted))
    for (tag_id, post_id), (author_id, tag) in wanted.items():
        if (tag_id, post_id) not in there and post_id > floors.get(tag_id, 0):
            yield Difference(author_id, MISSING, post_id, (tag,), told_by=(author_id,))


def compare_lists(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield what is in the lists of these tags and has the tag no more, by its author's shard."""
    for first in range(0, len(owner_ids), _TAGS):
        listed = _read(_LISTED, owner_ids[first : first + _TAGS])
        found = _read_pairs(_TAGGED_OF, {(author_id, post_id) for _, _, post_id, author_id, _ in listed})
        tags = {post_id: _tags_of(entities) for _, post_id, entities in found}
        for tag_id, tag, post_id, author_id, version in listed:
            if tag not in tags.get(post_id, ()):
                known = (tag, author_id, version)
                yield Difference(tag_id, ORPHAN, post_id, known, told_by=(author_id,))


def compare_kept(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the tags whose number of rows is not that of their rows; both were read at one moment."""
    for tag_id, kept, there in _read(_KEPT, owner_ids):
        if kept != there:
            yield Difference(tag_id, COUNTS, known=(kept, there))


def repair_posts(differences: Sequence[Difference]) -> int:
    """Announce again what is there; a tombstone, which would not give way to it, goes before."""
    for each in differences:
        tag = str(each.known[0])
        _drop_tombstone(tag, each.other_id)
        with writing_for(each.owner_id):
            post = Post.objects.of(each.owner_id).select_for_update().filter(id=each.other_id).first()
            if post is not None and post.deleted_at is None and tag in public_tags(post):
                announce_again(post, [tag])
    return len(differences)


def repair_lists(differences: Sequence[Difference]) -> int:
    """Announce the end of what has the tag no more, unless it has it by now."""
    for each in differences:
        tag, author_id, version = str(each.known[0]), int(each.known[1]), int(each.known[2])
        with writing_for(author_id):
            post = Post.objects.of(author_id).filter(id=each.other_id).first()
            if post is not None and post.deleted_at is None and tag in public_tags(post):
                continue
            version = max(version, post.version if post else 0)
            outbox.record(
                TagsRemoved(post_id=each.other_id, author_id=author_id, version=version, tags=[tag])
            )
    return len(differences)


def repair_kept(differences: Sequence[Difference]) -> int:
    """Count again, under the lock that every change takes; return how many."""
    for each in differences:
        with writing_for(each.owner_id):
            Tag.objects.of(each.owner_id).select_for_update().first()
            kept = TagPost.objects.of(each.owner_id).count()
            Tag.objects.of(each.owner_id).update(kept=kept)
    return len(differences)


def _drop_tombstone(tag: str, post_id: int) -> None:
    tag_id = tag_id_of(tag)
    with writing_for(tag_id):
        lock_tag(tag_id, tag)
        dropped, _ = TagPost.objects.of(tag_id).filter(post_id=post_id, is_active=False).delete()
        Tag.objects.of(tag_id).update(kept=F("kept") - dropped)


def _tags_of(entities: str) -> set[str]:
    return {entity["tag"] for entity in json.loads(entities) if entity["type"] == "tag"}


def _read(sql: str, owner_ids: Iterable[int]) -> list[tuple[Any, ...]]:
    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
        cursor.execute(sql, [mine])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    return list(read_per_instance(list(owner_ids), read, on_primary=True))


def _read_pairs(sql: str, pairs: Iterable[tuple[int, int]]) -> list[tuple[Any, ...]]:
    """Return what a statement finds of these pairs; the first of each says where it lies."""
    others: dict[int, list[int]] = defaultdict(list)
    for owner_id, other_id in pairs:
        others[owner_id].append(other_id)

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
        here = [(owner_id, other_id) for owner_id in mine for other_id in others[owner_id]]
        cursor.execute(sql, [[owner_id for owner_id, _ in here], [other_id for _, other_id in here]])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    return list(read_per_instance(list(others), read, on_primary=True))


for _name, _owners, _compare, _repair in (
    ("posts.tags", AuthorCount, compare_posts, repair_posts),
    ("posts.tag_lists", Tag, compare_lists, repair_lists),
    ("posts.tag_counts", Tag, compare_kept, repair_kept),
):
    audits.register(Audit(_name, audits.owners_of(_owners), _compare, _repair))
