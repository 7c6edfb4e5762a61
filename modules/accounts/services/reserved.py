"""Reserving usernames and giving them free."""

from modules.accounts.models import ReservedName
from modules.accounts.selectors.reserved import is_reserved
from sharding.scope import writing_directory


def reserve_username(username: str) -> None:
    """Keep a username from future sign-ups, and what is made of it; whoever has it keeps it."""
    # In a transaction also for cachalot's sake: outside one it would invalidate before it writes.
    with writing_directory():
        row, is_new = ReservedName.objects.get_or_create(username=username.lower())
        if not is_new and row.kind in (ReservedName.Kind.ALLOWED, ReservedName.Kind.FILLING):
            ReservedName.objects.filter(username=row.username).update(kind=ReservedName.Kind.NAME)


def release_username(username: str) -> bool:
    """Let a username be taken again, whatever words it is made of; return whether it was reserved."""
    name = username.lower()
    was_reserved = is_reserved(name)
    with writing_directory():
        ReservedName.objects.exclude(kind=ReservedName.Kind.FILLING).filter(username=name).delete()
    if is_reserved(name):
        with writing_directory():
            ReservedName.objects.update_or_create(username=name, defaults={"kind": ReservedName.Kind.ALLOWED})
    return was_reserved
