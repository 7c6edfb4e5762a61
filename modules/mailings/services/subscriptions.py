"""What a user wants mailed: changed by them, heard of from notifications, and ended by a link in a mail."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from modules.kernel.errors import InputError
from modules.mailings.errors import TimeZoneUnknown
from modules.mailings.models import Subscription
from modules.mailings.schemas import EditMailings, MailingList, Mailings
from modules.mailings.selectors.subscriptions import to_mailings
from modules.mailings.services.periods import OFF, Rhythm, find_changed
from modules.notifications import public as notifications
from modules.notifications.schemas import DIGESTS, EditPreferences
from sharding.scope import require_binding, writing_for

_MAKE = "INSERT INTO mailings_subscription (user_id) VALUES (%s) ON CONFLICT DO NOTHING"


def edit_mailings(user_id: int, edit: EditMailings, *, now: datetime) -> Mailings:
    """
    Change what was sent of what a user wants mailed.

    :raises TimeZoneUnknown: if it names a zone that is none
    """
    sent = edit.model_dump(exclude_unset=True)
    zone = sent.get("time_zone")
    if zone is not None and not notifications.is_time_zone(zone):
        error = InputError("/time_zone", TimeZoneUnknown.code, TimeZoneUnknown.title)
        raise TimeZoneUnknown(errors=[error])
    if "time_zone" in sent:
        sent["time_zone"] = zone or ""
    with writing_for(user_id):
        return to_mailings(_change(user_id, sent, now=now))


def hear_preferences(user_id: int, *, now: datetime) -> None:
    """Take over how often a user wants digests, and the zone of their quiet hours; a repeat is harmless."""
    with writing_for(user_id):
        preferences = notifications.find_preferences(user_id)
        digest = DIGESTS.index(preferences.digest)
        quiet = preferences.quiet_hours
        if digest == OFF and not Subscription.objects.of(user_id).exists():
            return
        _change(user_id, {"digest": digest, "heard_zone": quiet.time_zone if quiet else ""}, now=now)


def unsubscribe(user_id: int, mailing_list: MailingList, *, now: datetime) -> None:
    """End one kind of mail for a user, at once; a second time changes nothing."""
    with writing_for(user_id):
        if mailing_list == "newsletter":
            _change(user_id, {"newsletter": False}, now=now)
            return
        if notifications.find_preferences(user_id).digest != "off":
            notifications.edit_preferences(user_id, EditPreferences(digest="off"), seen=None)
        _change(user_id, {"digest": OFF}, now=now)


def lock(user_id: int) -> Subscription:
    """Return a user's row, locked until the transaction ends; made if it is missing."""
    rows = Subscription.objects.of(user_id).select_for_update()
    if (row := rows.first()) is None:
        with require_binding().connection.cursor() as cursor:
            cursor.execute(_MAKE, [user_id])
        row = rows.get()
    return row


def to_rhythm(row: Subscription) -> Rhythm:
    """Return how often, when and by which clock a user wants digests."""
    return Rhythm(row.digest, row.digest_hour, ZoneInfo(row.time_zone or row.heard_zone or "UTC"))


def _change(user_id: int, changes: dict[str, Any], *, now: datetime) -> Subscription:
    """Change columns of a user's row, and when their digest is due by them."""
    row = lock(user_id)
    old = to_rhythm(row)
    for column, value in changes.items():
        setattr(row, column, value)
    row.due_at = find_changed(now, old, to_rhythm(row), due_at=row.due_at, last_at=row.last_at)
    Subscription.objects.of(user_id).update(due_at=row.due_at, **changes)
    return row
