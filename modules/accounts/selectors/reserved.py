"""Which usernames nobody may take."""

from modules.accounts.models import ReservedName
from modules.accounts.models.users import to_skeleton


def is_reserved(username: str) -> bool:
    """Return whether a username, or one that looks like it, is reserved; no SQL while cachalot knows."""
    skeletons = ReservedName.objects.values_list("skeleton", flat=True)
    return to_skeleton(username.lower()) in set(skeletons)


def list_reserved() -> list[str]:
    """Return the reserved usernames, sorted."""
    return sorted(ReservedName.objects.values_list("username", flat=True))
