"""Of whose files there are any, as the storage says."""

from collections.abc import Collection
from typing import Final

from modules.media.storages import media_storage

# Ids of these lengths there are, from October 2025 on; names of one length are in the order of their numbers.
_DIGITS: Final = (18, 19)
_LARGEST: Final = 2**63 - 1


def list_stored_in(parents: Collection[str], after: int, limit: int) -> list[int]:
    """
    Return ids that have a folder in one of some, in order.

    :raises StorageUnavailable: if the storage does not answer
    """
    found = {id for parent in parents for id in _list_folders(parent, after, limit)}
    return sorted(found)[:limit]


def _list_folders(parent: str, after: int, limit: int) -> list[int]:
    found: list[int] = []
    for digits in _DIGITS:
        if after >= 10**digits:
            continue
        last = str(max(after, 10 ** (digits - 1)))
        while len(found) < limit and (names := media_storage().list_folders(parent, after=last, limit=limit)):
            last = names[-1]
            found += [int(name) for name in names if len(name) == digits and name.isdecimal()]
    return [id for id in found if id <= _LARGEST][:limit]
