"""What users are called, for whoever makes them found."""

from collections.abc import Collection
from typing import NamedTuple

from modules.accounts import public as accounts
from modules.profiles.models import ACTIVE, Profile


class Name(NamedTuple):
    """How a user is called, and whether they are there; of an account without a profile yet, version 0."""

    username: str
    display_name: str
    is_open: bool
    version: int


def map_names(user_ids: Collection[int]) -> dict[int, Name]:
    """
    Return what these users are called as of now, be they closed or not; unknown ids are absent.

    No card and for nobody's eyes: whom a viewer may see, `map_cards` says. One read of each primary, and of
    the directory for those who have no profile yet.

    :raises InstanceUnavailable: if an instance cannot be reached
    """
    rows = Profile.objects.gather(user_ids, by="user_id", on_primary=True)
    names = {
        row.user_id: Name(row.username, row.display_name, row.status == ACTIVE, row.version) for row in rows
    }
    if without := [id for id in user_ids if id not in names]:
        names |= {
            id: Name(one.username, one.username, one.is_active, 0)
            for id, one in accounts.map_identities(without).items()
        }
    return names
