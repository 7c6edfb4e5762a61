"""Changing by which ways a user is told of what."""

from collections.abc import Collection
from typing import Any

from modules.kernel.errors import InputError, check_version
from modules.kernel.rendered import Rendered
from modules.notifications.errors import SecurityStaysOn, TimeZoneUnknown
from modules.notifications.events import PreferencesEdited
from modules.notifications.models import Inbox
from modules.notifications.schemas import DIGESTS, EditPreferences, PreferencesView
from modules.notifications.selectors.preferences import is_time_zone, to_view
from modules.notifications.services.tables import lock_inbox
from sharding import outbox
from sharding.scope import writing_for


def edit_preferences(
    user_id: int, edit: EditPreferences, *, seen: Collection[int] | None
) -> Rendered[PreferencesView]:
    """
    Change what was sent of a user's preferences; it holds for what happens from now on.

    :raises SecurityStaysOn: if they are to be told nothing of what is done to their account
    :raises TimeZoneUnknown: if quiet hours name a zone that is none
    :raises Stale: if their version is none of those seen; None stands for any
    """
    sent = edit.model_dump(exclude_unset=True)
    _check(sent)
    with writing_for(user_id):
        inbox = lock_inbox(user_id)
        check_version(inbox.preferences_version, seen)
        channels = {
            type: {**inbox.channels.get(type, {}), **ways} for type, ways in sent.get("types", {}).items()
        }
        inbox.channels = {**inbox.channels, **channels}
        if "digest" in sent:
            inbox.digest = DIGESTS.index(sent["digest"])
        if "quiet_hours" in sent:
            quiet = sent["quiet_hours"]
            inbox.quiet_hours = None if quiet["start"] == quiet["end"] else quiet
        inbox.preferences_version += 1
        Inbox.objects.of(user_id).update(
            channels=inbox.channels,
            digest=inbox.digest,
            quiet_hours=inbox.quiet_hours,
            preferences_version=inbox.preferences_version,
        )
        outbox.record(PreferencesEdited(user_id=user_id, version=inbox.preferences_version))
    return to_view(inbox)


def _check(sent: dict[str, Any]) -> None:
    if sent.get("types", {}).get("security", {}).get("in_app") is False:
        raise SecurityStaysOn(errors=[_points("/types/security/in_app", SecurityStaysOn)])
    quiet = sent.get("quiet_hours")
    if quiet is not None and not is_time_zone(quiet["time_zone"]):
        raise TimeZoneUnknown(errors=[_points("/quiet_hours/time_zone", TimeZoneUnknown)])


def _points(pointer: str, refusal: type[SecurityStaysOn | TimeZoneUnknown]) -> InputError:
    return InputError(pointer, refusal.code, refusal.title)
