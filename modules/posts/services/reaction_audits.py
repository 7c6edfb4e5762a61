"""
Audits of reactions: both sides of each, and the counts beside them.

The user's side is the authority for a reaction, the rows are for a count. A mirror that is wrong is mended by
announcing the authority's state again, so that it takes the way of all news.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.backends.utils import CursorWrapper
from django.db.models import Count

from modules.posts.events import ReactionAdded, ReactionRemoved
from modules.posts.models import MarkCount, PostCount, ReactionIn, ReactionOut
from modules.posts.selectors.far_reactions import list_mirrors_with_reactions, list_reactions_with_mirrors
from modules.posts.services.reactions_received import lock_post_count, renew_counts
from sharding import audits, outbox
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import require_binding, writing_for

MIRROR, REACTION, COUNTS = "mirror_differs", "mirror_without_reaction", "counts_differ"

_COUNTED: Final = """
    SELECT count.post_id, count.reactions::text, there.reactions::text
    FROM posts_postcount AS count CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(type, number), '{}') AS reactions FROM (
            SELECT type, count(*) AS number FROM posts_reactionin AS edge
            WHERE edge.post_id = count.post_id AND edge.is_active GROUP BY type) AS by_type) AS there
    WHERE count.post_id = ANY(%s) AND count.reactions <> there.reactions"""
_RENEW: Final = """
    UPDATE posts_reactionout SET edge_id = next_id(shard_of(user_id))
    WHERE user_id = %s AND post_id = %s AND type = %s RETURNING edge_id"""


def compare_reactions(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the reactions of these users whose mirror is missing, ended or of another edge."""
    for side, mirror in list_reactions_with_mirrors(owner_ids):
        if not mirror.is_active or mirror.edge_id != side.edge_id:
            known = (side.type, side.edge_id, mirror.edge_id)
            yield Difference(side.owner_id, MIRROR, side.other_id, known, told_by=(side.owner_id,))


def compare_mirrors(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the mirrors at these posts whose reaction is gone."""
    for side, reaction in list_mirrors_with_reactions(owner_ids):
        if not reaction.is_active:
            known = (side.type, side.edge_id)
            yield Difference(side.owner_id, REACTION, side.other_id, known, told_by=(side.other_id,))


def compare_counts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the posts whose counts are not the number of their rows; both were read at one moment."""

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[int, str, str]]:
        cursor.execute(_COUNTED, [mine])
        rows: list[tuple[int, str, str]] = cursor.fetchall()
        return rows

    for post_id, counted, there in read_per_instance(owner_ids, read, on_primary=True):
        yield Difference(post_id, COUNTS, known=(counted, there))


def repair_edges(differences: Sequence[Difference]) -> int:
    """Announce again what the authority knows of each reaction; return how many."""
    for each in differences:
        type, edge_id, *mirror = each.known
        if each.kind == MIRROR:
            _announce(each.owner_id, each.other_id, str(type), mirror_edge_id=int(mirror[0]))
        else:
            _announce_end(each.other_id, each.owner_id, str(type), edge_id=int(edge_id))
    return len(differences)


def repair_counts(differences: Sequence[Difference]) -> int:
    """Count again, under the lock that every change takes; return how many."""
    for each in differences:
        with writing_for(each.owner_id):
            count = lock_post_count(each.owner_id)
            rows = ReactionIn.objects.of(each.owner_id).filter(is_active=True)
            reactions = dict(rows.values_list("type").annotate(Count("user_id")))
            state = {"reactions": reactions, "version": count.version + 1}
            PostCount.objects.of(each.owner_id).update(**state)
        renew_counts.now(each.owner_id)
    return len(differences)


def _announce(user_id: int, post_id: int, type: str, *, mirror_edge_id: int) -> None:
    """Say that a reaction stands, under a new id where the post knows of a later end of it."""
    with writing_for(user_id):
        rows = ReactionOut.objects.of(user_id).select_for_update().filter(post_id=post_id, type=type)
        if (edge_id := rows.values_list("edge_id", flat=True).first()) is None:
            return
        if mirror_edge_id >= edge_id:
            with require_binding().connection.cursor() as cursor:
                cursor.execute(_RENEW, [user_id, post_id, type])
                (edge_id,) = cursor.fetchone()
        version = _version(user_id)
        outbox.record(
            ReactionAdded(user_id=user_id, post_id=post_id, type=type, edge_id=edge_id, version=version)
        )


def _announce_end(user_id: int, post_id: int, type: str, *, edge_id: int) -> None:
    """Say that a reaction is gone, unless there is one by now."""
    with writing_for(user_id):
        if not ReactionOut.objects.of(user_id).filter(post_id=post_id, type=type).exists():
            version = _version(user_id)
            outbox.record(
                ReactionRemoved(user_id=user_id, post_id=post_id, type=type, edge_id=edge_id, version=version)
            )


def _version(user_id: int) -> int:
    """Return the version of a user's marks, which a repair does not change."""
    rows = MarkCount.objects.of(user_id)
    return rows.values_list("version", flat=True).first() or 0


def _register() -> None:
    users, posts = audits.owners_of(MarkCount), audits.owners_of(PostCount)
    for name, owners, compare, repair in (
        ("posts.reactions", users, compare_reactions, repair_edges),
        ("posts.reactions_received", posts, compare_mirrors, repair_edges),
        ("posts.reaction_counts", posts, compare_counts, repair_counts),
    ):
        audits.register(Audit(name, owners, compare, repair))


_register()
