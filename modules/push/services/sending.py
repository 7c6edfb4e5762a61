"""Sending what is due: claimed in one transaction, posted in none, settled in another."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from modules.kernel import limits
from modules.kernel.limits import Cost, LimitReached
from modules.push.models import Device, Push
from modules.push.services import circuits
from modules.push.services.devices import remove_ended
from modules.push.services.messages import Message, map_messages
from modules.push.services.outcomes import LATER, NOTHING, Outcome, read_answer, settle
from modules.push.services.requests import KEPT_FOR, build_request, host_of
from modules.push.services.transport import post_all
from sharding.scope import writing_for

# Side by side, to however many devices; and so often before others have their turn.
BATCH: Final = 40
_MOST_BATCHES: Final = 4
# Longer than all of a batch may take; then another worker may try.
_TRIED_AGAIN_AFTER: Final = timedelta(minutes=2)
_WHEN_CIRCUIT_OPENS: Final = timedelta(minutes=1)
# Users name the servers, and who has two accounts makes as much news as they like.
PUSHES: Final = limits.declare("pushes", 1000, 3600, counts="what a user's devices are pushed, all together")


def send_due_pushes(user_id: int, *, now: datetime) -> None:
    """
    Push to a user's devices what is due, unless another worker is at it.

    A worker that dies between sending and writing that down has it sent again, and the device shows it
    again in the place of the first: a push cannot be sent exactly once.
    """
    for _ in range(_MOST_BATCHES):
        pushes = claim_due(user_id, now=now)
        if pushes:
            settle(user_id, _send(user_id, pushes, now), now=now)
        if len(pushes) < BATCH:
            return


def claim_due(user_id: int, *, now: datetime) -> list[Push]:
    """Return what is due and nobody is at; for a while nobody else will be."""
    with writing_for(user_id):
        due = Push.objects.of(user_id).filter(due_at__lte=now).order_by("id")
        pushes = list(due.select_for_update(skip_locked=True)[:BATCH])
        ids = [push.id for push in pushes]
        Push.objects.of(user_id).filter(id__in=ids).update(due_at=now + _TRIED_AGAIN_AFTER)
    return pushes


def _send(user_id: int, pushes: Sequence[Push], now: datetime) -> list[Outcome]:
    """Return what came of each; what need not be sent, or cannot be now, is not."""
    devices = {each.device_id: each for each in remove_ended(user_id, now=now)}
    messages = map_messages(user_id, _list_fresh(pushes, now), now=now) if devices else {}
    held = [_hold(push, devices.get(push.device_id), messages, now) for push in pushes]
    ready = [push for push, outcome in zip(pushes, held, strict=True) if outcome is None]
    return [*filter(None, held), *_post(ready, devices, messages, now)]


def _list_fresh(pushes: Sequence[Push], now: datetime) -> Collection[int]:
    """Return the notifications of what has not waited for longer than a push service would keep it."""
    return {push.group_id for push in pushes if push.planned_at > now - KEPT_FOR}


def _hold(
    push: Push, device: Device | None, messages: Mapping[int, Message], now: datetime
) -> Outcome | None:
    """Return what comes of a push that is not to be sent now, or None."""
    if device is None or push.group_id not in messages:
        return Outcome(push, device, NOTHING)
    if device.paused_until is not None and device.paused_until > now:
        return Outcome(push, device, LATER, until=device.paused_until)
    if circuits.is_open(host_of(device)):
        return Outcome(push, device, LATER, until=now + _WHEN_CIRCUIT_OPENS)
    return None if _has_room(push.user_id) else Outcome(push, device, NOTHING)


def _has_room(user_id: int) -> bool:
    """Charge a push to its user; return whether that was possible. What is not pushed is in the list."""
    if not settings.LIMITS.is_on:
        return True
    try:
        limits.acquire(Cost(PUSHES, str(user_id)))
    except LimitReached:
        return False
    return True


def _post(
    pushes: Sequence[Push], devices: Mapping[UUID, Device], messages: Mapping[int, Message], now: datetime
) -> list[Outcome]:
    """Post all of them side by side."""
    owners = [devices[push.device_id] for push in pushes]
    requests = [
        build_request(device, messages[push.group_id], now=now)
        for push, device in zip(pushes, owners, strict=True)
    ]
    answers = post_all(requests, within_s=settings.PUSH.within_s)
    for device, answer in zip(owners, answers, strict=True):
        circuits.note(host_of(device), has_answered=answer.status is not None)
    return [read_answer(*each, now=now) for each in zip(pushes, owners, answers, strict=True)]
