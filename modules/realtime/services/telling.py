"""Telling users what happened: the one way into their logs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import orjson

from modules.realtime.models import logs
from modules.realtime.schemas import KINDS
from sharding.ids import moment_of
from sharding.scope import Once

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def tell(
    recipient_ids: Collection[int],
    kind: str,
    data: dict[str, Any],
    *,
    once: Once,
    post_ids: Sequence[int] = (),
) -> int:
    """
    Append an event to the logs of those who have one, each once however often the event is delivered.

    `data` holds ids as text and nothing that only some may read; who may not see one of the posts when it is
    sent is not told. Returns how many logs took it now: of who has not listened for a day there is none.

    :raises RedisUnavailable: if a Redis is away; the event is then delivered again, and ends there for others
    """
    tail = orjson.dumps({"id": once.key, "type": kind, "ts": _when(int(once.key)), "data": data})[1:]
    return logs.append(
        list(dict.fromkeys(recipient_ids)),
        mark=f"{once.key}:{kind}",
        scope=KINDS[kind],
        post_ids=post_ids,
        tail=tail,
    )


def have_looked_again(user_id: int) -> None:
    """
    Have a user's sockets look whether they may still see what they listen to.

    :raises RedisUnavailable: if nobody can be told now
    """
    logs.publish(user_id, logs.RECHECK)


def _when(event_id: int) -> str:
    """Return when an event was recorded, as all times are written."""
    moment: datetime = moment_of(event_id)
    return moment.strftime(_FORMAT)
