"""Figures of the running system for operators who listen: one look a second for all of a process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import orjson
import structlog

from modules.realtime.services.frames import to_hint
from modules.realtime.services.layer import InstanceLayer
from modules.realtime.services.topics import OPS

log = structlog.get_logger(__name__)

# What parts of the answer to `GET /v1/operations/status` are told as; `stats.tick` has the rest, and is last.
_PARTS: Final = {"shard.status": ("databases",), "queue.lag": ("queues", "broker", "outboxes")}

# A look is shared with whoever comes within a second of it: this comes after.
_EVERY_S: Final = 1.05


class Figures:
    """Who listens in a process; what is told comes from a look that `begin` names."""

    def __init__(self, layer: InstanceLayer) -> None:
        """Keep how listeners are reached."""
        self._layer = layer
        self._channels: dict[str, None] = {}
        self._look: Callable[[], bytes] = lambda: b"{}"
        self._task: asyncio.Task[None] | None = None
        # A look waits for servers that hang: not on the threads of everybody.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="figures")

    def begin(self, look: Callable[[], bytes]) -> None:
        """Take what looks at the whole system and returns it as JSON."""
        self._look = look

    def add(self, channel: str) -> None:
        """Have a channel be told, from now on."""
        self._channels[channel] = None
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def discard(self, channel: str) -> None:
        """Have a channel be told no longer."""
        self._channels.pop(channel, None)

    async def _run(self) -> None:
        """Look and tell for as long as anybody listens."""
        loop = asyncio.get_running_loop()
        while self._channels:
            began = loop.time()
            try:
                messages = _split(await loop.run_in_executor(self._thread, self._look))
            except Exception:
                log.exception("look_failed")
                messages = []
            for channel in list(self._channels):
                for message in messages:
                    self._layer.put(channel, message)
            await asyncio.sleep(max(began + _EVERY_S - loop.time(), 0.0))
        self._task = None


def _split(found: bytes) -> list[dict[str, Any]]:
    """Return what was found in its parts, each finished for all who are told."""
    whole = orjson.loads(found)
    parts = {kind: {name: whole.pop(name) for name in names} for kind, names in _PARTS.items()}
    return [to_hint(OPS, kind, data) for kind, data in {**parts, "stats.tick": whole}.items()]
