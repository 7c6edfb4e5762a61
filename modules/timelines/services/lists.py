"""Making lists, and saying who is in them; each in one transaction on the owner's shard."""

from collections.abc import Collection
from typing import Any, Final

from django.conf import settings
from django.db.models import F

from modules.graph.public import UserNotFound
from modules.graph.schemas import Viewer
from modules.kernel.errors import check_version
from modules.kernel.rendered import Rendered
from modules.profiles import public as profiles
from modules.timelines.errors import ListFull, ListNotFound, TooManyLists
from modules.timelines.models import List, ListMember, Marker
from modules.timelines.schemas import EditList, ListCard, ListView, NewList
from modules.timelines.selectors.lists import render, to_card
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet
from sharding.scope import Once, writing_for

# Of those who have somebody in a list, so many are asked for at a time, and waited for so many seconds.
_PART: Final = 500
_WITHIN_S: Final = 30.0


def create_list(owner_id: int, new: NewList, *, once: Once | None) -> ListCard:
    """
    Make a list of a user's, with nobody in it.

    :raises TooManyLists: if the user has reached the limit
    :raises AlreadyDone: with the first answer, if `once` was used before
    """
    with writing_for(owner_id, once=once) as write:
        _require_room(owner_id)
        card = to_card(List.objects.create(owner_id=owner_id, name=new.name, version=1))
        write.answer(201, card.json_bytes())
    return card


def edit_list(
    owner_id: int, list_id: int, edit: EditList, *, seen: Collection[int] | None = None
) -> Rendered[ListView]:
    """
    Change what was sent of a list if it still is as the caller saw it.

    :raises ListNotFound: if the user has no such list
    :raises Stale: if its version is none of those seen; None stands for any
    """
    with writing_for(owner_id):
        row = _lock(owner_id, list_id)
        check_version(row.version, seen)
        if "name" in edit.model_fields_set:
            row.name, row.version = edit.name, row.version + 1
            List.objects.of(owner_id).filter(id=list_id).update(name=row.name, version=F("version") + 1)
    return render(row)


def delete_list(owner_id: int, list_id: int) -> None:
    """
    Delete a list with who is in it, and how far it was read.

    :raises ListNotFound: if the user has no such list
    """
    with writing_for(owner_id):
        _lock(owner_id, list_id)
        ListMember.objects.of(owner_id).filter(list_id=list_id).delete()
        Marker.objects.of(owner_id).filter(timeline=f"list:{list_id}").delete()
        List.objects.of(owner_id).filter(id=list_id).delete()


def add_member(list_id: int, member_id: int, *, viewer: Viewer) -> None:
    """
    Put somebody into a list of the viewer's; whoever is in it already stays where they are.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    :raises ListNotFound: if the viewer has no such list
    :raises ListFull: if the list has reached the limit
    """
    # Advisory: who closes their account between this look and the write is hidden at read.
    if member_id not in profiles.map_cards([member_id], viewer=viewer):
        raise UserNotFound
    with writing_for(viewer.id):
        _lock(viewer.id, list_id)
        members = ListMember.objects.of(viewer.id).filter(list_id=list_id)
        if members.filter(member_id=member_id).exists():
            return
        if members.count() >= settings.TIMELINES.member_cap:
            raise ListFull
        ListMember.objects.create(owner_id=viewer.id, list_id=list_id, member_id=member_id)


def remove_member(owner_id: int, list_id: int, member_id: int) -> None:
    """
    Take somebody out of a list; nothing happens if they are not in it.

    :raises ListNotFound: if the user has no such list
    """
    with writing_for(owner_id):
        _lock(owner_id, list_id)
        ListMember.objects.of(owner_id).filter(list_id=list_id, member_id=member_id).delete()


def forget_member(member_id: int) -> None:
    """
    Take somebody who is being erased out of all lists; a repeat goes on where the first one was.

    :raises InstanceUnavailable: if any instance cannot say who has them in a list
    """
    while places := _list_places(member_id):
        for owner_id, list_id in places:
            with writing_for(owner_id):
                # The lock under which members are counted.
                List.objects.of(owner_id).select_for_update().filter(id=list_id).first()
                ListMember.objects.of(owner_id).filter(list_id=list_id, member_id=member_id).delete()


def _list_places(member_id: int) -> list[tuple[int, int]]:
    """Return some lists that somebody is in, each with its owner."""

    def query(rows: ShardedQuerySet[ListMember]) -> Any:
        found = rows.filter(member_id=member_id).order_by("owner_id", "list_id")
        return found.values("owner_id", "list_id")[:_PART]

    found = ListMember.objects.everywhere(query, within=_WITHIN_S, on_primary=True)
    if not found.complete:
        raise InstanceUnavailable(found.missing[0])
    return [(row["owner_id"], row["list_id"]) for row in found.rows]


def _require_room(owner_id: int) -> None:
    """
    Refuse one list more than a user may have.

    Their lists are locked and then counted anew, so that of two made at once the second counts the first;
    where there is none to lock, the limit is far.
    """
    rows = List.objects.of(owner_id).order_by("id")
    list(rows.select_for_update().values_list("id", flat=True))
    if rows.count() >= settings.TIMELINES.list_cap:
        raise TooManyLists


def _lock(owner_id: int, list_id: int) -> List:
    row = List.objects.of(owner_id).select_for_update().filter(id=list_id).first()
    if row is None:
        raise ListNotFound
    return row
