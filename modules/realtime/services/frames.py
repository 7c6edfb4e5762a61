"""What clients send: how much, what it asks for, from where on they want to be told; and hints to them."""

import time
from typing import Any, Final

import orjson
from django.conf import settings

from modules.realtime.errors import FrameInvalid
from modules.realtime.schemas import MAX_NUMBER

# What a socket is told when something is to be said of a topic, as it stands.
HINT: Final = "hint"


class Pace:
    """How much one client sends: by the algorithm of kernel's limits, in this process."""

    __slots__ = ("_due",)

    def __init__(self) -> None:
        """Begin with everything to spare."""
        self._due = 0.0

    def take(self) -> bool:
        """Count a frame; False if there is nothing left for it."""
        now, config = time.monotonic(), settings.REALTIME
        interval = 1 / config.frames_per_second
        due = max(self._due, now) + interval
        if due - now > config.frames_at_once * interval:
            return False
        self._due = due
        return True


def read_frame(text: str) -> tuple[str, str]:
    """
    Return what a frame wants, and of which topic.

    :raises FrameInvalid: if it is none
    """
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise FrameInvalid from None
    if not isinstance(frame, dict):
        raise FrameInvalid
    op, topic = frame.get("op"), frame.get("topic", "")
    if op not in ("sub", "unsub", "ping") or not isinstance(topic, str):
        raise FrameInvalid
    return op, topic


def read_since(query: dict[str, list[str]]) -> int | None:
    """
    Return from where on a client wants to be told.

    :raises FrameInvalid: if that is no number
    """
    if "since" not in query:
        return None
    text = query["since"][0]
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= MAX_NUMBER):
        raise FrameInvalid
    return int(text)


def to_hint(topic: str, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the message of a layer that has a socket say news of a topic: a frame without a number."""
    return {"type": HINT, "text": orjson.dumps({"topic": topic, "type": kind, "data": data}).decode()}
