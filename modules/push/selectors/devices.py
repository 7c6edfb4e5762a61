"""Whose devices there are, and which of them may be pushed to."""

from collections.abc import Iterable
from datetime import datetime

from modules.accounts import public as accounts
from modules.kernel.errors import Unauthorized
from modules.push.models import Device, Subscription
from modules.push.schemas import KINDS, DeviceCard, DevicePage


def list_devices(user_id: int, *, key_hash: str, now: datetime) -> DevicePage:
    """Return all devices of a user, the last registered first, to the session with this digest."""
    session_id = get_session_id(key_hash, now=now)
    rows = Device.objects.of(user_id).order_by("-used_at", "-id")
    return DevicePage.plain([to_card(row, session_id=session_id) for row in rows])


def to_card(device: Device, *, session_id: int) -> DeviceCard:
    """Return what a session is shown of a device."""
    return DeviceCard(
        id=device.device_id,
        kind=KINDS[device.kind],
        name=device.name,
        is_current=device.session_id == session_id,
        created_at=device.created_at,
        used_at=device.used_at,
    )


def get_session_id(key_hash: str, *, now: datetime) -> int:
    """
    Return the id of the session with this digest.

    :raises Unauthorized: if it has ended meanwhile
    """
    held = accounts.find_held(key_hash, now=now)
    if held is None or not held.revocation_id.isdigit():
        raise Unauthorized
    return int(held.revocation_id)


def select_live(devices: Iterable[Device], *, now: datetime) -> set[int]:
    """
    Return the ids of those devices that may be pushed to: two reads of the directory.

    Their sessions live, as of now and not as of what was heard of, and nobody has registered their targets
    after them.
    """
    all_ = list(devices)
    sessions = accounts.select_live_sessions({each.session_id for each in all_}, now=now)
    claims = {each.claim for each in all_}
    claimed = set(Subscription.objects.filter(claim__in=claims).values_list("claim", flat=True))
    return {each.id for each in all_ if each.session_id in sessions and each.claim in claimed}
