"""What timelines gives to a user's archive: their lists, and how far they have read."""

from collections.abc import Collection, Iterator

from modules.accounts import public as accounts
from modules.kernel.archives import Entry, archived, at, walk, with_usernames
from modules.timelines.models import List, ListMember, Marker


@archived("lists.json", of=[List], about="Your lists of people.")
def read_lists(user_id: int) -> Iterator[Entry]:
    """Yield a user's lists."""
    yield from walk(List.objects.of(user_id), "id", "name", by="id")


@archived("list_members.json", of=[ListMember], about="Who is in your lists.")
def read_list_members(user_id: int) -> Iterator[Entry]:
    """Yield who is in a user's lists, by id and username."""
    rows = walk(ListMember.objects.of(user_id), "list_id", "member_id", "membership_id")
    entries = (
        {"list_id": row["list_id"], "user_id": row["member_id"], "since": at(row["membership_id"])}
        for row in rows
    )
    yield from with_usernames(entries, "user_id", _usernames)


@archived("markers.json", of=[Marker], about="How far you have read.")
def read_markers(user_id: int) -> Iterator[Entry]:
    """Yield how far a user has read of each timeline."""
    yield from walk(Marker.objects.of(user_id), "timeline", "last_read_id", "updated_at")


def _usernames(user_ids: Collection[int]) -> dict[int, str]:
    """Return what people are called whose accounts are open."""
    found = accounts.map_identities(user_ids)
    return {id: identity.username for id, identity in found.items() if identity.is_active}
