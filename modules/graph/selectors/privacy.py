"""Whether following somebody takes their consent."""

from collections.abc import Collection

from modules.graph.models import FollowCount


def is_private(user_id: int) -> bool:
    """Return whether an account is private, as of now (from the primary)."""
    return FollowCount.objects.of(user_id).on_primary().filter(is_private=True).exists()


def list_private(user_ids: Collection[int]) -> set[int]:
    """Return those of the accounts that are private, as of now; one read of each instance's primary."""
    counts = FollowCount.objects.gather(user_ids, by="user_id", on_primary=True)
    return {count.user_id for count in counts if count.is_private}
