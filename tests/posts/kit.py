"""What posts hold of reactions, read from their tables."""

from __future__ import annotations

from modules.posts.models import PostCount, ReactionIn, ReactionOut
from tests.kit.people import Person


def reactions_of(person: Person) -> list[tuple[int, str]]:
    """Return (post, type) of each reaction of a person, by the authority."""
    return sorted(ReactionOut.objects.of(person.id).on_primary().values_list("post_id", "type"))


def reactors(post_id: int) -> list[tuple[str, int]]:
    """Return (type, user) of each reaction to a post, by the mirror."""
    rows = ReactionIn.objects.of(post_id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("type", "user_id"))


def counted(post_id: int) -> dict[str, int]:
    """Return how many reactions of each type are counted."""
    row = PostCount.objects.of(post_id).on_primary().first()
    return {} if row is None else row.reactions
