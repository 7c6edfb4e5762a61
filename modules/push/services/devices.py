"""Registering devices, and removing them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings

from modules.kernel import limits, quotas
from modules.kernel.limits import Cost
from modules.push.errors import DeviceNotFound
from modules.push.events import DeviceRemoved, SubscriptionTaken
from modules.push.models import Device, Push, Subscription
from modules.push.schemas import DeviceCard, NewDevice
from modules.push.selectors.devices import get_session_id, select_live, to_card
from modules.push.services.targets import Target, read_target
from sharding import outbox
from sharding.scope import writing_directory, writing_for

_MOST_TABS: Final = 5
# A new target is a server to connect to that a user has named.
NEW_DEVICES: Final = limits.declare(
    "new-devices", 30, 3600, counts="browsers and apps that a user has pushed to for the first time"
)


def register_device(
    user_id: int, device_id: UUID, new: NewDevice, *, key_hash: str, now: datetime
) -> DeviceCard:
    """
    Push to a device from now on, for as long as the session with this digest lives, and to nobody else there.

    The directory says first whose the target is, so that nothing goes there for who had it before. A worker
    that dies after that leaves nobody pushed there until the client repeats it, as it does at each start.

    :raises PushNotOffered: if nothing is pushed to devices of its kind
    :raises DeviceInvalid: if nothing could be pushed there
    :raises LimitReached: if the user has registered too many new ones
    """
    target = read_target(new)
    session_id = get_session_id(key_hash, now=now)
    claim = _find_own_claim(user_id, target)
    if claim is None:
        if settings.LIMITS.is_on:
            quotas.acquire(Cost(NEW_DEVICES, str(user_id)))
        claim = _take(user_id, target)
    for _ in range(_MOST_TABS):
        with writing_for(user_id):
            device = _store(user_id, device_id, new.name, target, session_id, claim, now)
            surplus = Device.objects.of(user_id).order_by("-used_at", "-id")[settings.PUSH.most_devices :]
            remove_rows(user_id, list(surplus))
        mine = Subscription.objects.filter(digest=target.digest, user_id=user_id)
        newest = mine.values_list("claim", flat=True).first()
        if newest in (None, claim):
            break
        # Another tab of theirs has made it theirs at the same time, and later.
        claim = newest
    return to_card(device, session_id=session_id)


def remove_device(user_id: int, device_id: UUID) -> None:
    """
    Push nothing more to a device.

    :raises DeviceNotFound: if the user has no such device
    """
    with writing_for(user_id):
        devices = list(Device.objects.of(user_id).filter(device_id=device_id))
        if not devices:
            raise DeviceNotFound
        remove_rows(user_id, devices)


def remove_ended(user_id: int, *, now: datetime) -> list[Device]:
    """Remove a user's devices whose sessions ended, or whose targets are another's; return the others."""
    devices = list(Device.objects.of(user_id).on_primary())
    if not devices:
        return []
    live = select_live(devices, now=now)
    if ended := [each for each in devices if each.id not in live]:
        with writing_for(user_id):
            remove_rows(user_id, ended)
    return [each for each in devices if each.id in live]


def remove_all(user_id: int) -> None:
    """Remove all devices of a user; a repeat changes nothing."""
    with writing_for(user_id):
        remove_rows(user_id, list(Device.objects.of(user_id)))


def remove_rows(user_id: int, devices: Iterable[Device]) -> None:
    """Remove devices, in the transaction that is open, unless they were registered anew since."""
    for device in devices:
        as_read = {"id": device.id, "claim": device.claim, "session_id": device.session_id}
        gone, _ = Device.objects.of(user_id).filter(**as_read).delete()
        if gone:
            Push.objects.of(user_id).filter(device_id=device.device_id).delete()
            outbox.record(DeviceRemoved(user_id=user_id, claim=str(device.claim)))


def remove_taken(user_id: int, claim: UUID) -> None:
    """Remove the device whose target is not its own any more; a repeat changes nothing."""
    with writing_for(user_id):
        remove_rows(user_id, list(Device.objects.of(user_id).filter(claim=claim)))


def release(claim: UUID) -> None:
    """Forget whose the target of a device was that is gone; a repeat changes nothing."""
    with writing_directory():
        Subscription.objects.filter(claim=claim).delete()


def _find_own_claim(user_id: int, target: Target) -> UUID | None:
    """Return the claim by which a user has this target already, if nobody has taken it since."""
    devices = Device.objects.of(user_id).filter(kind=target.kind, target=target.address)
    claims = list(devices.values_list("claim", flat=True))
    current = Subscription.objects.filter(digest=target.digest, claim__in=claims) if claims else None
    return current.values_list("claim", flat=True).first() if current is not None else None


def _take(user_id: int, target: Target) -> UUID:
    """Make a target a user's, and tell who had it; return the claim."""
    claim = uuid4()
    with writing_directory(owner_id=user_id):
        Subscription.objects.bulk_create(
            [Subscription(digest=target.digest, user_id=user_id, claim=claim)], ignore_conflicts=True
        )
        held = Subscription.objects.select_for_update().get(digest=target.digest)
        if held.claim != claim:
            taken = SubscriptionTaken(user_id=held.user_id, claim=str(held.claim))
            outbox.record(taken, owner_id=held.user_id)
            Subscription.objects.filter(digest=target.digest).update(user_id=user_id, claim=claim)
    return claim


def _store(
    user_id: int,
    device_id: UUID,
    name: str,
    target: Target,
    session_id: int,
    claim: UUID,
    now: datetime,
) -> Device:
    """Write a device down as it is now; of one with another target what it failed at is forgotten."""
    rows = Device.objects.of(user_id)
    kind, address, p256dh, auth = target
    named = {"name": name, "session_id": session_id, "claim": claim, "used_at": now}
    written = named | {"kind": kind, "target": address, "p256dh": p256dh, "auth": auth}
    fresh = Device(user_id=user_id, device_id=device_id, created_at=now, **written)
    # Two tabs may begin at once.
    Device.objects.of(user_id).bulk_create([fresh], ignore_conflicts=True)
    device = rows.select_for_update().get(device_id=device_id)
    if device.claim != claim:
        # A target has one claim: of the same one nothing is left to release, or another tab is back at it.
        if (device.kind, device.target) != (kind, address):
            outbox.record(DeviceRemoved(user_id=user_id, claim=str(device.claim)))
        device.failures, device.paused_until = 0, None
    for column, value in written.items():
        setattr(device, column, value)
    device.save()
    _remove_doubles(user_id, device)
    return device


def _remove_doubles(user_id: int, device: Device) -> None:
    """Remove a user's devices of the same target under other ids: the same browser, which forgot its id."""
    same = Device.objects.of(user_id).filter(kind=device.kind, target=device.target)
    for double in list(same.exclude(device_id=device.device_id)):
        Push.objects.of(user_id).filter(device_id=double.device_id).delete()
        same.filter(id=double.id).delete()
        if double.claim != device.claim:
            outbox.record(DeviceRemoved(user_id=user_id, claim=str(double.claim)))
