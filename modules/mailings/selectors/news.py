"""What a digest tells of notifications: a sentence for each that is unread, of what its reader may see."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.conf import settings

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.notifications import public as notifications
from modules.notifications.schemas import NotificationCard, NotificationsQuery
from modules.profiles.schemas import UserCard

SHOWN: Final = 8
# As many groups are looked at; whoever has more is told that there are.
_LOOKED_AT: Final = 40

_DEEDS: Final[Mapping[str, str]] = {
    "follow": "followed you",
    "follow_request": "asked to follow you",
    "follow_accepted": "let you follow them",
    "mention": "mentioned you",
    "reply": "replied to you",
    "quote": "quoted you",
    "reaction": "reacted to your post",
    "repost": "reposted your post",
}


class News(NamedTuple):
    """Sentences, the newest first, each with where it leads; and whether there are more."""

    lines: list[dict[str, str]]
    has_more: bool


def list_news(viewer: Viewer, *, after_id: int, until_id: int) -> News:
    """
    Return what is unread, and came after one id and before another.

    What only an app can put into words (`custom`), what was mailed already (`security`) and what the reader
    has done themselves are left out.
    """
    if not notifications.get_counts(viewer.id).unread:
        # As with most of thousands: one read of one row in place of a page.
        return News([], has_more=False)
    page = notifications.list_notifications(
        NotificationsQuery(state="unread"), Paging.first(_LOOKED_AT), viewer=viewer
    ).parse()
    told = [
        card
        for card in page.data
        if after_id < card.last_id < until_id and card.type in _DEEDS and card.actors
    ]
    lines = [_to_line(card, page.included.users) for card in told[:SHOWN]]
    return News(lines, has_more=len(told) > SHOWN)


def _to_line(card: NotificationCard, users: Mapping[int, UserCard]) -> dict[str, str]:
    names = list(dict.fromkeys(users[actor.user_id].display_name for actor in card.actors))[:2]
    place = f"/posts/{card.post_id}" if card.post_id else "/notifications"
    return {
        "who": _join(names, others=card.actor_count - len(names)),
        "did": _DEEDS[card.type],
        "url": f"{settings.FRONTEND_URL}{place}",
    }


def _join(names: Sequence[str], *, others: int) -> str:
    """Return names as a sentence has them, and how many there are besides."""
    if others > 0:
        return f"{', '.join(names)} and {others} {'other' if others == 1 else 'others'}"
    return " and ".join(names)
