"""
A viewer's exceptions (whom they block or mute, who blocks them, whose reposts they hide): an entry in Redis.

The entry lies among the cards, under `ties:{viewer}`, and a page loads it with its own. Its version is
`FollowCount.ties_version`, which grows in the transaction of each change: so an older read cannot bury a
newer one. It is rendered by one read of the viewer's primary; of more exceptions than it holds, a page asks
there for those of its own people, by one read too.
"""

import struct
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from modules.graph.schemas import (
    BLOCKED_BY,
    BLOCKING,
    MUTED,
    NOTIFICATIONS_MUTED,
    REPOSTS_HIDDEN,
    SILENCING,
    TIES,
    Exceptions,
    TiesHead,
)
from modules.kernel.card_layout import Layout
from modules.kernel.cards import CardKind, RenderedCard, register
from sharding.scatter import Unavailable, read_per_instance

MOST = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Person, bits, and until when they are muted (Unix time in µs; 0: for ever).
_ROW = struct.Struct(">qBQ")

_EXCEPTIONS = f"""
    SELECT target_id AS other_id, {BLOCKING} AS bits, 0::bigint AS until
    FROM graph_blockout WHERE user_id = viewer.id {{and_target}}
    UNION ALL
    SELECT blocker_id, {BLOCKED_BY}, 0
    FROM graph_blockin WHERE user_id = viewer.id AND is_active {{and_blocker}}
    UNION ALL
    SELECT target_id, {REPOSTS_HIDDEN}, 0
    FROM graph_followout WHERE user_id = viewer.id AND NOT shows_reposts {{and_target}}
    UNION ALL
    SELECT target_id, CASE WHEN mutes_notifications THEN {MUTED | NOTIFICATIONS_MUTED} ELSE {MUTED} END,
        coalesce(extract(epoch FROM expires_at) * 1000000, 0)::bigint
    FROM graph_mute WHERE user_id = viewer.id AND (expires_at IS NULL OR expires_at > now()) {{and_target}}"""  # noqa: S608
_OF_VIEWERS: Final = f"""
    SELECT viewer.id, coalesce(count.ties_version, 0), tie.other_id, tie.bits, tie.until
    FROM unnest(%s::bigint[]) AS viewer (id)
    LEFT JOIN graph_followcount AS count ON count.user_id = viewer.id
    LEFT JOIN LATERAL ({_EXCEPTIONS.format(and_target="", and_blocker="")} LIMIT %s) AS tie
        ON true"""  # noqa: S608
_AMONG: Final = f"""
    SELECT tie.other_id, tie.bits, tie.until
    FROM unnest(%(viewers)s::bigint[]) AS viewer (id)
    CROSS JOIN LATERAL ({
    _EXCEPTIONS.format(
        and_target="AND target_id = ANY(%(others)s)", and_blocker="AND blocker_id = ANY(%(others)s)"
    )
}) AS tie"""  # noqa: S608


class Tie(NamedTuple):
    """One reason for an exception; there may be several between the same two."""

    other_id: int
    bits: int
    until: int


def list_ties_among(viewer_id: int, person_ids: Collection[int]) -> list[Tie]:
    """Return what there is between a viewer and these people, from the viewer's primary: one read."""
    others = list(person_ids)

    def read(cursor: CursorWrapper, viewers: list[int]) -> list[Tie]:
        cursor.execute(_AMONG, {"viewers": viewers, "others": others})
        return [Tie(*row) for row in cursor.fetchall()]

    return read_per_instance([viewer_id], read, on_primary=True) if others else []


def list_silenced(user_id: int, person_ids: Collection[int], *, now: datetime) -> set[int]:
    """
    Return those of whom a user is not told: somebody whom a block parts from them, or who is muted so.

    One read of the user's primary; inside a write for them, of what stands there as of now.
    """
    found = merge(list_ties_among(user_id, person_ids), now=now)
    return {id for id, bits in found.items() if bits & SILENCING}


def render_ties(
    viewer_ids: list[int], *, unavailable: Unavailable | None = None
) -> dict[int, RenderedCard[TiesHead]]:
    """
    Return the entries of these viewers, as of now; of whoever has more exceptions than it holds, some.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
        cursor.execute(_OF_VIEWERS, [mine, MOST + 1])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    versions: dict[int, int] = {}
    ties: dict[int, list[Tie]] = {}
    rows = read_per_instance(viewer_ids, read, on_primary=True, unavailable=unavailable)
    for viewer_id, version, *tie in rows:
        versions[viewer_id] = version
        its = ties.setdefault(viewer_id, [])
        if tie[0] is not None:
            its.append(Tie(*tie))
    return {id: _render(ties[id], version) for id, version in versions.items()}


def unpack(entry: RenderedCard[TiesHead], *, now: datetime) -> Exceptions:
    """Return the exceptions that an entry holds, as of a moment: mutes that have expired are none."""
    return Exceptions(merge(map(Tie._make, _ROW.iter_unpack(entry.json)), now=now), entry.head.is_whole)


def merge(ties: Sequence[Tie] | Iterator[Tie], *, now: datetime) -> dict[int, int]:
    """Return the bits of each person, as of a moment."""
    moment = now.timestamp() * 1_000_000
    found: dict[int, int] = {}
    for other_id, bits, until in ties:
        if not until or until > moment:
            found[other_id] = found.get(other_id, 0) | bits
    return found


def moment_at(until: int) -> datetime:
    """Return the moment that the `until` of a tie means."""
    return _EPOCH + timedelta(microseconds=until)


def _render(ties: Sequence[Tie], version: int) -> RenderedCard[TiesHead]:
    """Return an entry: what stands for a card's JSON are its rows, which nobody but `unpack` reads."""
    packed = b"".join([_ROW.pack(*tie) for tie in ties[:MOST]])
    return RenderedCard(TiesHead(len(ties) <= MOST), packed, version)


TIES_KIND = register(CardKind(TIES, Layout(TiesHead, "?", revision=2), ttl=3600, render=render_ties))
