"""
Audits: whether what is written twice still agrees, and how it is put right.

No transaction spans two databases, so facts of one are mirrored on others, and counts stand beside what they
count. Each is kept in step by events; an audit looks whether it is, after a restore above all. Contexts
register theirs, and say which side is the authority.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sharding.delivery.backlog import owners_with_news
from sharding.errors import InstanceUnavailable
from sharding.models import ShardedModel

#: Owners that are compared at a time: some thousand rows of each side.
BATCH = 200
# A sample is taken in runs of neighbors, each by an index; where they begin is left to chance.
_RUN = 50
_OWNERS_WITHIN_S = 30.0


class CannotAudit(Exception):
    """What an audit has to look at is away, and is no database; the text says what."""


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One fact on which two sides disagree.

    `owner_id` is whose rows were compared, `other_id` who is at the far end (0: nobody), `kind` what is
    wrong, and `known` what tells this difference from a later one. `told_by` are the owners whose undelivered
    news would explain it, and then it is none.
    """

    owner_id: int
    kind: str
    other_id: int = 0
    known: tuple[int | str | bool, ...] = ()
    told_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """
    One comparison: whose rows there are, what differs among those of some, and how a difference is mended.

    `list_owners(after, limit)` returns ids in order. `repair` changes the side that is not the authority, and
    returns how many it could mend: what remains is not for a program to decide.
    """

    name: str
    list_owners: Callable[[int, int], list[int]]
    compare: Callable[[Sequence[int]], Iterable[Difference]]
    repair: Callable[[Sequence[Difference]], int]


_audits: dict[str, Audit] = {}


def register(audit: Audit) -> None:
    """Add an audit; a second one of the same name is a mistake."""
    if audit.name in _audits:
        raise ValueError(f"There are two audits {audit.name}.")
    _audits[audit.name] = audit


def registered() -> list[Audit]:
    """Return every audit, in the order of their names."""
    return [_audits[name] for name in sorted(_audits)]


def owners_of(model: type[ShardedModel], key: str = "") -> Callable[[int, int], list[int]]:
    """Return how a table's owners are listed, over all instances, or another key: each has one row."""
    key = key or model.owner_key

    def list_owners(after: int, limit: int) -> list[int]:
        found = model.objects.everywhere(
            lambda rows: rows.filter(**{f"{key}__gt": after}).order_by(key).values(key)[:limit],
            within=_OWNERS_WITHIN_S,
            on_primary=True,
        )
        if not found.complete:
            raise InstanceUnavailable(found.missing[0])
        return [row[key] for row in found.rows]

    return list_owners


def batches(audit: Audit, sample: int | None) -> Iterator[list[int]]:
    """Yield the owners of an audit in parts: all, or about as many as the sample says, chosen at random."""
    if sample is None:
        yield from _all(audit)
    else:
        yield from _sampled(audit, sample)


def find_differences(audit: Audit, owner_ids: Sequence[int]) -> list[Difference]:
    """
    Return what differs among some owners' rows, without what news that is under way will settle.

    A difference is believed when it is there twice, the same, and nothing that could explain it has waited
    for delivery either time.
    """
    suspects = _without_news(audit.compare(owner_ids))
    if not suspects:
        return []
    again = set(_without_news(audit.compare(sorted({each.owner_id for each in suspects}))))
    return [each for each in suspects if each in again]


def _without_news(differences: Iterable[Difference]) -> list[Difference]:
    found = list(differences)
    waiting = owners_with_news({owner_id for each in found for owner_id in each.told_by})
    return [each for each in found if waiting.isdisjoint(each.told_by)]


def _all(audit: Audit) -> Iterator[list[int]]:
    after = 0
    while owner_ids := audit.list_owners(after, BATCH):
        yield owner_ids
        after = owner_ids[-1]


def _sampled(audit: Audit, sample: int) -> Iterator[list[int]]:
    first = audit.list_owners(0, 1)
    if not first:
        return
    last = _last(audit, first[0])
    seen: set[int] = set()
    for size in [_RUN] * (sample // _RUN) + [sample % _RUN] * bool(sample % _RUN):
        after = random.randrange(first[0] - 1, last)  # noqa: S311 - nothing is kept secret by it
        owner_ids = [one for one in audit.list_owners(after, size) if one not in seen]
        seen.update(owner_ids)
        if owner_ids:
            yield owner_ids


def _last(audit: Audit, known: int) -> int:
    """Return the greatest owner's id, by halving: ids are 63 bits, so 63 looks at an index at most."""
    low, high = known, 2**63 - 1
    while low < high:
        middle = (low + high + 1) // 2
        found = audit.list_owners(middle - 1, 1)
        low, high = (found[0], high) if found else (low, middle - 1)
    return low


def describe(audit: Audit, difference: Difference) -> dict[str, Any]:
    """Return a difference as it is printed and logged."""
    return {
        "audit": audit.name,
        "kind": difference.kind,
        "owner_id": str(difference.owner_id),
        "other_id": str(difference.other_id) if difference.other_id else None,
        "known": list(difference.known),
    }
