"""Everybody who did what one notification tells of."""

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.notifications.errors import NotificationNotFound
from modules.notifications.models import Action, Group
from modules.profiles import public as profiles
from modules.profiles.schemas import UserPage
from sharding.scatter import Unavailable


def list_actors(group_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """
    Return a page of those who did what one of the viewer's notifications tells of, newest first.

    :raises NotificationNotFound: if there is no such notification of theirs
    """
    shown = Group.objects.of(viewer.id).filter(id=group_id, actor_count__gt=0, is_removed=False)
    if not shown.exists():
        raise NotificationNotFound
    counted = Action.objects.of(viewer.id).filter(group_id=group_id, is_counted=True).exclude(actor_id=0)
    rows = counted.values_list("action_id", "actor_id")
    page = keyset.page(rows, paging, "action_id", at=lambda row: row[0])
    unavailable: Unavailable = {}
    actor_ids = [actor_id for _, actor_id in page.rows]
    cards = profiles.map_cards(actor_ids, viewer=viewer, unavailable=unavailable)
    silent = viewer.among(cards.keys())
    told = [id for id in actor_ids if id in cards and not silent.is_silent_about(id)]
    return profiles.build_user_page(
        told,
        {id: cards[id].json for id in told},
        next=page.next,
        prev=page.prev,
        unavailable=unavailable,
    )
