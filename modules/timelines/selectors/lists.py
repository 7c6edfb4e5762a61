"""A user's lists, and who is in them."""

from operator import itemgetter

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_single
from modules.profiles import public as profiles
from modules.profiles.schemas import UserPage
from modules.timelines.errors import ListNotFound
from modules.timelines.models import List, ListMember
from modules.timelines.schemas import ListCard, ListPage, ListView
from sharding.ids import moment_of
from sharding.scatter import Unavailable


def list_lists(owner_id: int) -> ListPage:
    """Return all lists of a user, newest first: there are fifty at most, so one page holds them."""
    cards = [to_card(row) for row in List.objects.of(owner_id).order_by("-id")]
    return ListPage.plain(cards)


def get_list(owner_id: int, list_id: int) -> Rendered[ListView]:
    """
    Return one list of a user.

    :raises ListNotFound: if the user has no such list
    """
    row = List.objects.of(owner_id).filter(id=list_id).first()
    if row is None:
        raise ListNotFound
    return render(row)


def list_members(list_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """
    Return a page of those in a list of the viewer's, newest first; whom the viewer may not see is left out.

    :raises ListNotFound: if the viewer has no such list
    """
    rows = ListMember.objects.of(viewer.id).filter(list_id=list_id)
    page = keyset.page(
        rows.values_list("membership_id", "member_id"), paging, "membership_id", at=itemgetter(0)
    )
    if not page.rows:
        require_list(viewer.id, list_id)
    ids = [member_id for _, member_id in page.rows]
    unavailable: Unavailable = {}
    cards = profiles.map_cards(ids, viewer=viewer, unavailable=unavailable)
    users = {id: card.json for id, card in cards.items()}
    return profiles.build_user_page(ids, users, next=page.next, prev=page.prev, unavailable=unavailable)


def list_member_ids(owner_id: int, list_id: int) -> list[int]:
    """
    Return everybody in a list: a read of the owner's shard, and a second one if nobody is.

    :raises ListNotFound: if the owner has no such list
    """
    rows = ListMember.objects.of(owner_id).filter(list_id=list_id)
    ids = list(rows.values_list("member_id", flat=True))
    if not ids:
        require_list(owner_id, list_id)
    return ids


def require_list(owner_id: int, list_id: int) -> None:
    """
    Make sure that a user has a list.

    :raises ListNotFound: if the user has no such list
    """
    if not List.objects.of(owner_id).filter(id=list_id).exists():
        raise ListNotFound


def render(row: List) -> Rendered[ListView]:
    """Return a row in its envelope."""
    card = to_card(row).json_bytes()
    return render_single(ListView, data=card, included={}, state={}, version=row.version)


def to_card(row: List) -> ListCard:
    """Return the card of a row."""
    return ListCard(id=row.id, name=row.name, created_at=moment_of(row.id))
