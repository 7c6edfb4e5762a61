"""
Muting: one-sided, in force at the muter's next request.

What is muted stays in the muter's home window and is left out at read: so it is there again, in its place,
when the mute ends or expires, and nothing has to be told to anybody.
"""

from datetime import datetime

from django.conf import settings

from modules.accounts import public as accounts
from modules.graph.errors import CannotMuteYourself, MuteCapReached, MuteEndInvalid, UserNotFound
from modules.graph.models import Mute
from modules.graph.schemas import MuteOptions, Relationship
from modules.graph.selectors.blocks import is_blocked_by
from modules.graph.selectors.follows import map_relationships
from modules.graph.services.counts import lock_count
from modules.graph.services.ties import change_ties, renew_ties
from modules.kernel.errors import InputError
from sharding.scope import writing_for


def mute(user_id: int, target_id: int, options: MuteOptions, *, now: datetime) -> Relationship:
    """
    Make one user mute another, as the options say; a second time they replace those of the first.

    :raises CannotMuteYourself: if both are the same person
    :raises MuteEndInvalid: if it is to end in the past, or later than anybody may say
    :raises UserNotFound: if there is no active account of the target, or none that the user may see
    :raises MuteCapReached: if the user has reached the limit
    """
    if user_id == target_id:
        raise CannotMuteYourself
    if options.expires_at and not now < options.expires_at <= now + settings.GRAPH.longest_mute:
        hint = "Name a moment from now on, at most a year away."
        raise MuteEndInvalid(errors=[InputError("/expires_at", MuteEndInvalid.code, hint)])
    target = accounts.map_identities([target_id]).get(target_id)
    if target is None or not target.is_active:
        raise UserNotFound

    with writing_for(user_id):
        has_changed = _set(user_id, target_id, options, now=now)
    if has_changed:
        renew_ties.now(user_id)
    return map_relationships(user_id, [target_id])[target_id]


def unmute(user_id: int, target_id: int) -> None:
    """End one user's muting another; nothing happens if there is no mute."""
    with writing_for(user_id):
        lock_count(user_id)
        has_changed, _ = Mute.objects.of(user_id).filter(target_id=target_id).delete()
        if has_changed:
            change_ties(user_id)
    if has_changed:
        renew_ties.now(user_id)


def _set(user_id: int, target_id: int, options: MuteOptions, *, now: datetime) -> bool:
    """Write a mute and return whether there was anything to write."""
    count = lock_count(user_id)
    if count.ties_version and is_blocked_by(user_id, target_id):
        raise UserNotFound
    wanted = {"expires_at": options.expires_at, "mutes_notifications": options.notifications}
    known = Mute.objects.of(user_id).filter(target_id=target_id)
    row = known.first()
    if row is not None and row.expires_at is not None and row.expires_at <= now:
        known.delete()
        row = None
    if row is None:
        _make_room(user_id, now=now)
        Mute.objects.create(user_id=user_id, target_id=target_id, **wanted)
    elif wanted == {name: getattr(row, name) for name in wanted}:
        return False
    else:
        known.update(**wanted)
    change_ties(user_id)
    return True


def _make_room(user_id: int, *, now: datetime) -> None:
    """Forget mutes that have expired, if their place is needed."""
    rows = Mute.objects.of(user_id)
    if rows.count() < settings.GRAPH.mute_cap:
        return
    rows.filter(expires_at__lte=now).delete()
    if rows.all().count() >= settings.GRAPH.mute_cap:
        raise MuteCapReached
