"""What came of pushes, and what follows from it for them and for their devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import structlog
from django.conf import settings
from django.db.models import F

from modules.push.models import Device, Push
from modules.push.schemas import KINDS
from modules.push.services.devices import remove_rows
from modules.push.services.planning import pause_after
from modules.push.services.transport import Answer
from sharding.scope import writing_for

# Sent; not sent and never to be; later, for which the device is not to blame; the device cannot be reached
# now; the push service will not have this; there is no such device any more.
SENT, NOTHING, LATER, FAILED, REFUSED, GONE = "sent", "nothing", "later", "failed", "refused", "gone"

_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=6)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a push, and until when it waits, if anybody said."""

    push: Push
    device: Device | None
    what: str
    until: datetime | None = None


def read_answer(push: Push, device: Device, answer: Answer, *, now: datetime) -> Outcome:
    """Return what an answer means. No log names where a push went."""
    status = answer.status
    if status is not None and 200 <= status < 300:
        return Outcome(push, device, SENT)
    if status in (404, 410):
        return Outcome(push, device, GONE)
    is_temporary = status is None or status == 429 or status >= 500
    log.warning(
        "push_failed" if is_temporary else "push_refused",
        device_id=str(device.id),
        kind=KINDS[device.kind],
        status=status,
        trouble=answer.trouble,
    )
    what = FAILED if is_temporary else REFUSED
    return Outcome(push, device, what, until=_read_retry_after(answer.retry_after, now))


def settle(user_id: int, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Write down what came of pushes, in one transaction."""
    with writing_for(user_id):
        pauses = _settle_devices(user_id, outcomes, now)
        # In the order in which who plans locks them.
        for outcome in sorted(outcomes, key=lambda outcome: outcome.push.id):
            _settle_push(user_id, outcome, pauses, now)


def _settle_devices(user_id: int, outcomes: Sequence[Outcome], now: datetime) -> dict[int, datetime]:
    """Remove, pause or clear the devices that were tried; return until when each is paused."""
    tried: dict[int, tuple[Device, list[Outcome]]] = {}
    for outcome in outcomes:
        if outcome.device is not None and outcome.what not in (NOTHING, LATER):
            tried.setdefault(outcome.device.id, (outcome.device, []))[1].append(outcome)
    pauses = {}
    for device, all_ in tried.values():
        whats = {outcome.what for outcome in all_}
        if GONE in whats or (SENT not in whats and device.failures + 1 >= settings.PUSH.most_failures):
            remove_rows(user_id, [device])
            continue
        row = Device.objects.of(user_id).filter(id=device.id, claim=device.claim)
        if SENT in whats and device.failures:
            row.update(failures=0, paused_until=None)
        elif SENT not in whats:
            pauses[device.id] = _pause(device, all_, now)
            row.update(failures=F("failures") + 1, paused_until=pauses[device.id])
    return pauses


def _pause(device: Device, outcomes: Sequence[Outcome], now: datetime) -> datetime:
    """Return until when a device is left alone: as long as its push service says, or ever longer."""
    ours = now + pause_after(device.failures + 1, first=_FIRST_PAUSE, longest=_LONGEST_PAUSE)
    return max([ours, *(outcome.until for outcome in outcomes if outcome.until is not None)])


def _settle_push(user_id: int, outcome: Outcome, pauses: dict[int, datetime], now: datetime) -> None:
    # What has news since is planned anew already, and stays so.
    push = outcome.push
    row = Push.objects.of(user_id).filter(id=push.id)
    as_claimed = row.filter(version=push.version)
    if outcome.what == SENT:
        row.update(sent_count=F("sent_count") + 1, sent_at=now)
    if outcome.what in (LATER, FAILED):
        known = pauses.get(outcome.device.id) if outcome.device is not None else None
        as_claimed.update(due_at=outcome.until if outcome.what == LATER else known or now + _FIRST_PAUSE)
    else:
        as_claimed.update(due_at=None)


def _read_retry_after(text: str, now: datetime) -> datetime | None:
    """Return when a push service wants to be asked again, within reason: seconds, or a date."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        until = now + timedelta(seconds=int(text))
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
    if until.tzinfo is None:
        return None
    return min(until, now + _LONGEST_PAUSE)
