"""
Audits of replies, reposts and quotes: each against its mirrors, and the counts beside these.

The post's own row is the authority. What is wrong is mended by announcing it again, so that it takes the way
of all news.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from modules.posts.events import ReplyRemoved, ShareRemoved
from modules.posts.models import AuthorCount, Post, PostCount, Share, ThreadEntry
from modules.posts.services.links import announce_links, links_of
from modules.posts.services.reactions_received import lock_post_count, renew_counts
from sharding import audits, outbox
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import require_binding, writing_for

MISSING, ORPHAN, COUNTS = "mirror_missing", "mirror_without_post", "counts_differ"
REPLY, SHARE = "reply", "share"

_LINKED: Final = """
    SELECT author_id, id, root_id, reply_to_id, original_id FROM posts_post
    WHERE author_id = ANY(%s) AND deleted_at IS NULL
        AND (reply_to_id IS NOT NULL OR original_id IS NOT NULL)"""
_ALIVE: Final = """
    SELECT author_id, id FROM posts_post
    WHERE (author_id, id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) AND deleted_at IS NULL"""
_MIRRORS: Final = {
    REPLY: """
        SELECT post_id, reply_id FROM posts_threadentry
        WHERE (post_id, reply_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) AND is_active""",
    SHARE: """
        SELECT original_id, post_id FROM posts_share
        WHERE (original_id, post_id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) AND is_active""",
}
_MIRRORED: Final = """
    SELECT post_id, 'reply', reply_id, author_id, parent_id FROM posts_threadentry
    WHERE post_id = ANY(%s) AND is_active
    UNION ALL
    SELECT original_id, 'share', post_id, author_id, kind FROM posts_share
    WHERE original_id = ANY(%s) AND is_active"""
_COUNTED: Final = """
    SELECT count.post_id, count.replies, count.reposts, count.quotes,
        (SELECT count(*) FROM posts_threadentry AS entry WHERE entry.post_id = count.post_id
            AND entry.parent_id = count.post_id AND entry.is_active),
        (SELECT count(*) FROM posts_share AS share WHERE share.original_id = count.post_id
            AND share.kind = 1 AND share.is_active),
        (SELECT count(*) FROM posts_share AS share WHERE share.original_id = count.post_id
            AND share.kind = 2 AND share.is_active)
    FROM posts_postcount AS count WHERE count.post_id = ANY(%s)"""


class _Pair(NamedTuple):
    """A mirror as both sides name it: of which kind, at which post, of which."""

    kind: str
    at_id: int
    post_id: int


def compare_links(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the replies, reposts and quotes of these authors that a post above or an original lacks."""
    authors: dict[_Pair, int] = {}
    for author_id, post_id, root_id, parent_id, original_id in _read(_LINKED, owner_ids):
        for kind, at_id in ((REPLY, root_id), (REPLY, parent_id), (SHARE, original_id)):
            if at_id is not None:
                authors[_Pair(kind, at_id, post_id)] = author_id
    there = {
        _Pair(kind, *pair)
        for kind, sql in _MIRRORS.items()
        for pair in _read_pairs(sql, [(one.at_id, one.post_id) for one in authors if one.kind == kind])
    }
    for pair, author_id in authors.items():
        if pair not in there:
            known = (pair.kind, pair.at_id)
            yield Difference(author_id, MISSING, pair.post_id, known, told_by=(author_id,))


def compare_mirrors(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield what stands under these posts, or passes them on, and is not there by its author's shard."""
    rows = _read(_MIRRORED, owner_ids, times=2)
    alive = set(_read_pairs(_ALIVE, [(author_id, post_id) for _, _, post_id, author_id, _ in rows]))
    for at_id, kind, post_id, author_id, detail in rows:
        if (author_id, post_id) not in alive:
            yield Difference(at_id, ORPHAN, post_id, (kind, author_id, detail), told_by=(author_id,))


def compare_counts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the posts whose counts are not the number of their rows; each was read at one moment."""
    for post_id, *counts in _read(_COUNTED, owner_ids):
        if counts[:3] != counts[3:]:
            yield Difference(post_id, COUNTS, known=tuple(counts))


def repair_links(differences: Sequence[Difference]) -> int:
    """Announce again what is there; a tombstone, which would not give way to it, goes before."""
    for each in differences:
        kind, at_id = str(each.known[0]), int(each.known[1])
        _drop_tombstone(_Pair(kind, at_id, each.other_id))
        with writing_for(each.owner_id):
            post = Post.objects.of(each.owner_id).select_for_update().filter(id=each.other_id).first()
            if post is not None and post.deleted_at is None:
                announce_links(post.id, post.author_id, links_of(post))
    return len(differences)


def repair_mirrors(differences: Sequence[Difference]) -> int:
    """Announce the end of what is not there, unless it is by now; who wrote the posts above is not known."""
    for each in differences:
        kind, author_id, detail = str(each.known[0]), int(each.known[1]), int(each.known[2])
        about = {"post_id": each.other_id, "author_id": author_id}
        with writing_for(author_id):
            if Post.objects.of(author_id).filter(id=each.other_id, deleted_at=None).exists():
                continue
            if kind == REPLY:
                above = {"parent_id": detail, "root_id": each.owner_id}
                outbox.record(ReplyRemoved(**about, **above, parent_author_id=0, root_author_id=0))
            else:
                above = {"original_id": each.owner_id, "kind": detail}
                outbox.record(ShareRemoved(**about, **above, original_author_id=0))
    return len(differences)


def repair_counts(differences: Sequence[Difference]) -> int:
    """Count again, under the lock that every change takes; return how many."""
    for each in differences:
        with writing_for(each.owner_id), require_binding().connection.cursor() as cursor:
            count = lock_post_count(each.owner_id)
            cursor.execute(_COUNTED, [[each.owner_id]])
            [(*_, replies, reposts, quotes)] = cursor.fetchall()
            PostCount.objects.of(each.owner_id).update(
                replies=replies, reposts=reposts, quotes=quotes, version=count.version + 1
            )
        renew_counts.now(each.owner_id)
    return len(differences)


def _drop_tombstone(pair: _Pair) -> None:
    with writing_for(pair.at_id):
        lock_post_count(pair.at_id)
        if pair.kind == REPLY:
            ThreadEntry.objects.of(pair.at_id).filter(reply_id=pair.post_id, is_active=False).delete()
        else:
            Share.objects.of(pair.at_id).filter(post_id=pair.post_id, is_active=False).delete()


def _read(sql: str, owner_ids: Iterable[int], *, times: int = 1) -> list[tuple[Any, ...]]:
    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
        cursor.execute(sql, [mine] * times)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    return list(read_per_instance(list(owner_ids), read, on_primary=True))


def _read_pairs(sql: str, pairs: Iterable[tuple[int, int]]) -> list[tuple[Any, ...]]:
    """Return those of the pairs that a statement finds; the first of each says where it lies."""
    others: dict[int, list[int]] = defaultdict(list)
    for at_id, other_id in pairs:
        others[at_id].append(other_id)

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
        here = [(at_id, other_id) for at_id in mine for other_id in others[at_id]]
        cursor.execute(sql, [[at_id for at_id, _ in here], [other_id for _, other_id in here]])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    return list(read_per_instance(list(others), read, on_primary=True)) if others else []


for _name, _owners, _compare, _repair in (
    ("posts.links", AuthorCount, compare_links, repair_links),
    ("posts.link_mirrors", PostCount, compare_mirrors, repair_mirrors),
    ("posts.link_counts", PostCount, compare_counts, repair_counts),
):
    audits.register(Audit(_name, audits.owners_of(_owners), _compare, _repair))
