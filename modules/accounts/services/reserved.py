"""Reserving usernames and giving them free."""

from modules.accounts.models import ReservedName
from modules.accounts.models.users import to_skeleton
from sharding.scope import writing_directory


def reserve_username(username: str) -> None:
    """Keep a username from future sign-ups; who has it already keeps it."""
    name = username.lower()
    # In a transaction also for cachalot's sake: outside one it would invalidate before it writes.
    with writing_directory():
        ReservedName.objects.get_or_create(username=name, defaults={"skeleton": to_skeleton(name)})


def release_username(username: str) -> bool:
    """Let a username be taken again; return whether it was reserved."""
    with writing_directory():
        deleted, _ = ReservedName.objects.filter(username=username.lower()).delete()
    return deleted > 0
