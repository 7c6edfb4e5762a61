"""
Audits of graph: both sides of every edge, the counts beside them, and who is closed.

The follower's side is the authority for an edge, the followee's for whether it was accepted or refused, the
rows are for a count, and accounts is for who is closed.
What is wrong is mended by announcing the authority's state again, so that it takes the way of all news.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.backends.utils import CursorWrapper

from modules.accounts import public as accounts
from modules.graph.events import FollowAccepted, Followed, FollowRequested, FollowRevoked, Unfollowed
from modules.graph.models import FollowCount, FollowIn, FollowOut
from modules.graph.selectors.far_ends import (
    FarEnd,
    list_followers_with_far_ends,
    list_following_with_far_ends,
)
from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.counts import announce_status, lock_count, pull_changes
from modules.graph.services.statuses import note_status
from modules.kernel import clock
from sharding import audits, outbox
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import require_binding, writing_for

MIRROR, EDGE, HIDDEN = "mirror_differs", "mirror_without_edge", "status_of_other_differs"
ACCEPTED, REFUSED = "accepted_edge_waits", "refused_edge_stands"
COUNTS, STATUS, ACCOUNT = "counts_differ", "status_differs", "account_missing"

_COUNTED = """
    SELECT count.user_id, count.followers, count.following,
        (SELECT count(*) FROM graph_followin AS edge
            WHERE edge.user_id = count.user_id AND edge.is_active AND NOT edge.is_hidden),
        (SELECT count(*) FROM graph_followout AS edge
            WHERE edge.user_id = count.user_id AND NOT edge.is_hidden AND NOT edge.is_requested),
        count.requested,
        (SELECT count(*) FROM graph_followout AS edge
            WHERE edge.user_id = count.user_id AND edge.is_requested)
    FROM graph_followcount AS count WHERE count.user_id = ANY(%s)"""
_RENEW = """
    UPDATE graph_followout SET edge_id = next_id(shard_of(user_id)) WHERE user_id = %s AND target_id = %s
    RETURNING edge_id"""


def compare_following(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the edges of these followers whose mirror is missing, ended, of another edge."""
    for edge, mirror in list_following_with_far_ends(owner_ids):
        if (kind := _compare_states(edge, mirror)) is not None:
            known = (edge.edge_id, mirror.edge_id or 0)
            tellers = (edge.user_id,) if kind == MIRROR else (edge.target_id, edge.user_id)
            yield Difference(edge.user_id, kind, edge.target_id, known, told_by=tellers)
        # What a request hears of its target's account is of no effect until it is accepted.
        if not edge.is_requested and edge.is_hidden != mirror.is_closed:
            known = (edge.status_version, mirror.status_version)
            yield Difference(
                edge.user_id, HIDDEN, edge.target_id, known, told_by=(edge.target_id, edge.user_id)
            )


def _compare_states(edge: FollowOut, mirror: FarEnd) -> str | None:
    """Return how the followee's side contradicts an edge or a request, if it does."""
    if mirror.is_refused and (mirror.edge_id or 0) >= edge.edge_id:
        return REFUSED
    if mirror.edge_id != edge.edge_id:
        return MIRROR
    if not edge.is_requested:
        return None if mirror.is_active else MIRROR
    return ACCEPTED if mirror.is_active else None if mirror.is_requested else MIRROR


def compare_followers(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the mirrors at these followees whose edge is gone, or that hide whom they should show."""
    for mirror, edge in list_followers_with_far_ends(owner_ids):
        if edge.edge_id is None:
            yield _of_follower(mirror, EDGE, mirror.edge_id)
        elif mirror.is_hidden != edge.is_closed:
            yield _of_follower(mirror, HIDDEN, mirror.status_version, edge.status_version)


def _of_follower(mirror: FollowIn, kind: str, *known: int) -> Difference:
    return Difference(mirror.user_id, kind, mirror.follower_id, known, told_by=(mirror.follower_id,))


def compare_counts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield whose counts are not the number of their rows; each was read with its rows at one moment."""

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[int, ...]]:
        cursor.execute(_COUNTED, [mine])
        rows: list[tuple[int, ...]] = cursor.fetchall()
        return rows

    for user_id, *figures in read_per_instance(owner_ids, read, on_primary=True):
        followers, following, rows_in, rows_out, requested, requests = figures
        if (followers, following, requested) != (rows_in, rows_out, requests):
            known = (followers, rows_in, following, rows_out, requested, requests)
            yield Difference(user_id, COUNTS, known=known)


def compare_statuses(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield who is closed here and open by their account, or the other way, or has no account."""
    identities = accounts.map_identities(owner_ids)
    for count in FollowCount.objects.gather(owner_ids, by="user_id", on_primary=True):
        identity = identities.get(count.user_id)
        if identity is None:
            yield Difference(count.user_id, ACCOUNT, told_by=(count.user_id,))
        elif count.is_closed == identity.is_active:
            yield Difference(count.user_id, STATUS, known=(count.is_closed,), told_by=(count.user_id,))


def repair_edges(differences: Sequence[Difference]) -> int:
    """Announce again what the authority knows of each edge, and of each person once; return how many."""
    heard: dict[int, int] = defaultdict(int)
    for each in differences:
        if each.kind == MIRROR:
            _announce_edge(each.owner_id, each.other_id, mirror_edge_id=int(each.known[1]))
        elif each.kind in (ACCEPTED, REFUSED):
            _announce_answer(each.other_id, each.owner_id, edge_id=int(each.known[0]))
        elif each.kind == EDGE:
            _announce_end(each.other_id, each.owner_id, edge_id=int(each.known[0]))
        else:
            heard[each.other_id] = max(heard[each.other_id], int(each.known[0]))
    for user_id, version in heard.items():
        _announce_status(user_id, heard=version)
    return len(differences)


def repair_counts(differences: Sequence[Difference]) -> int:
    """Count again under the lock that every change of an edge takes; return how many."""
    for each in differences:
        if _count_again(each.owner_id):
            forget_pulled()
    return len(differences)


def repair_statuses(differences: Sequence[Difference]) -> int:
    """Note what the account says; of somebody without an account nothing can be said. Return how many."""
    wrong = [each.owner_id for each in differences if each.kind == STATUS]
    for user_id, identity in accounts.map_identities(wrong).items():
        note_status(user_id, is_closed=not identity.is_active, once=None)
    return len(wrong)


def _announce_edge(follower_id: int, target_id: int, *, mirror_edge_id: int) -> None:
    """Say that an edge stands, under a new id where the other side knows of a later end of it."""
    with writing_for(follower_id):
        count = lock_count(follower_id)
        edge = FollowOut.objects.of(follower_id).filter(target_id=target_id).first()
        if edge is None:
            return
        edge_id = edge.edge_id
        if mirror_edge_id >= edge_id:
            with require_binding().connection.cursor() as cursor:
                cursor.execute(_RENEW, [follower_id, target_id])
                (edge_id,) = cursor.fetchone()
        kind = FollowRequested if edge.is_requested else Followed
        outbox.record(kind(follower_id=follower_id, target_id=target_id, edge_id=edge_id))
        if count.status_version:
            announce_status(count)


def _announce_answer(user_id: int, follower_id: int, *, edge_id: int) -> None:
    """Say again what a user has decided of an edge, unless there is a newer one by now."""
    with writing_for(user_id):
        lock_count(user_id)
        mirror = FollowIn.objects.of(user_id).filter(follower_id=follower_id, edge_id__gte=edge_id).first()
        if mirror is not None and mirror.is_refused:
            outbox.record(FollowRevoked(user_id=user_id, follower_id=follower_id, edge_id=edge_id))
        elif mirror is not None and mirror.is_active and mirror.edge_id == edge_id:
            outbox.record(FollowAccepted(user_id=user_id, follower_id=follower_id, edge_id=edge_id))


def _announce_end(follower_id: int, target_id: int, *, edge_id: int) -> None:
    """Say that an edge is gone, unless there is one by now."""
    with writing_for(follower_id):
        lock_count(follower_id)
        if not FollowOut.objects.of(follower_id).filter(target_id=target_id).exists():
            outbox.record(Unfollowed(follower_id=follower_id, target_id=target_id, edge_id=edge_id))


def _announce_status(user_id: int, *, heard: int) -> None:
    """Tell all edges of somebody whether they are closed, under a version that none has heard."""
    with writing_for(user_id):
        count = lock_count(user_id)
        count.status_version = max(count.status_version, heard) + 1
        FollowCount.objects.of(user_id).update(status_version=count.status_version)
        announce_status(count)


def _count_again(user_id: int) -> bool:
    """Write a user's counts anew, and return whether they came to be pulled, or no longer are."""
    with writing_for(user_id):
        count = lock_count(user_id)
        with require_binding().connection.cursor() as cursor:
            cursor.execute(_COUNTED, [[user_id]])
            [(_, _, _, followers, following, _, requested)] = cursor.fetchall()
        pulled = pull_changes(count, followers, now=clock.now())
        FollowCount.objects.of(user_id).update(
            followers=followers, following=following, requested=requested, **pulled
        )
    return bool(pulled)


def _register() -> None:
    owners = audits.owners_of(FollowCount)
    for name, compare, repair in (
        ("graph.counts", compare_counts, repair_counts),
        ("graph.followers", compare_followers, repair_edges),
        ("graph.following", compare_following, repair_edges),
        ("graph.statuses", compare_statuses, repair_statuses),
    ):
        audits.register(Audit(name, owners, compare, repair))


_register()
