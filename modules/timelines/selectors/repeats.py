"""Reposts that tell a home nothing new: of a post that stands not far above, itself or by another repost."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

from modules.posts import public as posts
from modules.posts.schemas import REPOST
from modules.timelines.models.windows import Entry

# So many newer candidates are looked at, whether they belong in the home or not.
REACH: Final = 40


def list_subjects(
    entries: Sequence[Entry], belonging: Collection[Entry], visible: posts.Visible
) -> list[int]:
    """Return which post each entry shows, the original of a repost; 0 of what does not belong."""
    kept = set(belonging)
    subjects = []
    for entry in entries:
        head = visible.posts[entry.post_id].head if entry in kept else None
        subjects.append((head.original_id if head.kind == REPOST else entry.post_id) if head else 0)
    return subjects


def drop_repeats(
    entries: Sequence[Entry],
    belonging: list[Entry],
    visible: posts.Visible,
    *,
    list_above: Callable[[], list[int]],
) -> list[Entry]:
    """
    Return what belongs without the reposts of which the same original is among the `REACH` newer candidates.

    `entries` are neighbors, and `list_above` returns what the candidates above them show, newest first; it is
    asked only if there are reposts. A repost that is dropped itself drops others: so it does not matter where
    a page begins.
    """
    reposts = {entry for entry in belonging if visible.posts[entry.post_id].head.kind == REPOST}
    if not reposts:
        return belonging
    ordered = sorted(entries, reverse=True)
    above = list_above()
    subjects = above + list_subjects(ordered, belonging, visible)
    repeated = {
        entry
        for at, entry in enumerate(ordered, start=len(above))
        if entry in reposts and subjects[at] in subjects[max(0, at - REACH) : at]
    }
    return [entry for entry in belonging if entry not in repeated]
