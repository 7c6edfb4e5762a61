"""What a push says: what the list of notifications would show the user now, in few words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.utils.crypto import salted_hmac

from modules.graph import public as graph
from modules.notifications import public as notifications
from modules.notifications.schemas import NotificationCard, NotificationType, QuietHours
from modules.push.selectors.keys import to_base64url

# With all else a push stays well below the 3,993 bytes that fit into 4 KB, encrypted.
MOST_TEXT: Final = 200
# Of 32 letters that a topic may have; nobody learns of an id by it.
_TOPIC_BYTES: Final = 24
_SECURITY: Final = "security"

_DONE: Final[dict[NotificationType, str]] = {
    "follow": "{who} followed you",
    "follow_request": "{who} asked to follow you",
    "follow_accepted": "{who} accepted your request to follow",
    "mention": "{who} mentioned you",
    "reply": "{who} replied to your post",
    "quote": "{who} quoted your post",
    "reaction": "{who} reacted to your post",
    "repost": "{who} reposted your post",
    "post_published": "Your scheduled post is published",
    "security": "Your account: {what}",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A push before it is encrypted: what replaces it, how soon it matters, and its JSON."""

    topic: str
    urgency: str
    payload: bytes


def map_messages(user_id: int, group_ids: Collection[int], *, now: datetime) -> dict[int, Message]:
    """
    Return what a user is to be pushed of these notifications, as of now.

    Absent is what they have seen or read, what was withdrawn or they may not see any more, and what they want
    no push of; in their quiet hours all is.

    :raises InstanceUnavailable: if nobody can tell now what they may see
    """
    wanted = notifications.find_preferences(user_id)
    if is_quiet(wanted.quiet_hours, now=now):
        return {}
    told = notifications.map_notifications(group_ids, viewer=graph.viewer_of(user_id))
    unread = notifications.get_counts(user_id).unread if told else 0
    return {
        id: build_message(each.card, each.actor_names, unread=unread)
        for id, each in told.items()
        if wanted.types[each.card.type].push and not each.card.is_seen
    }


def is_quiet(hours: QuietHours | None, *, now: datetime) -> bool:
    """Return whether it is between the two times in that zone, which may be on two days."""
    if hours is None:
        return False
    time = now.astimezone(ZoneInfo(hours.time_zone)).strftime("%H:%M")
    if hours.start <= hours.end:
        return hours.start <= time < hours.end
    return time >= hours.start or time < hours.end


def build_message(card: NotificationCard, actor_names: Sequence[str], *, unread: int) -> Message:
    """Return the push of one notification, as its card shows it."""
    said: dict[str, Any] = {
        "type": card.type,
        "notification_id": str(card.id),
        "last_id": str(card.last_id),
        "actor_count": card.actor_count,
        "actor_ids": [str(each.user_id) for each in card.actors],
        "post_id": str(card.post_id) if card.post_id else None,
        "name": card.name,
        "unread": unread,
        "title": _to_title(card),
        "body": _to_body(card, actor_names),
    }
    urgency = "high" if card.type == _SECURITY else "normal"
    return Message(_to_topic(card.id), urgency, orjson.dumps(said))


def _to_topic(group_id: int) -> str:
    return to_base64url(salted_hmac("push.topic", str(group_id), algorithm="sha256").digest()[:_TOPIC_BYTES])


def _to_title(card: NotificationCard) -> str:
    said = card.data.get("title") if card.type == "custom" else None
    return _clip(said) if isinstance(said, str) and said else str(settings.PUSH.site_name)


def _to_body(card: NotificationCard, actor_names: Sequence[str]) -> str:
    if card.type == "custom":
        said = card.data.get("body")
        return _clip(said if isinstance(said, str) else card.name or "")
    what = (card.name or "").replace("_", " ")
    return _clip(_DONE[card.type].format(who=_to_who(actor_names, card.actor_count), what=what))


def _to_who(names: Sequence[str], count: int) -> str:
    """Return who did it: one, two by their names, or the newest and how many others."""
    if not names:
        return "Somebody"
    if count <= 1:
        return names[0]
    if count == 2 and len(names) >= 2:
        return f"{names[0]} and {names[1]}"
    return f"{names[0]} and {count - 1} {'other' if count == 2 else 'others'}"


def _clip(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[: MOST_TEXT - 1]}…"
