"""Whether following somebody takes their consent."""

from modules.graph.models import FollowCount


def is_private(user_id: int) -> bool:
    """Return whether an account is private, as of now (from the primary)."""
    return FollowCount.objects.of(user_id).on_primary().filter(is_private=True).exists()
