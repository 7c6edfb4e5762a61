"""
The process that holds sockets open: `python -m config.realtime`.

uvicorn, one process for each core that is to serve sockets. Told to end it lets its sockets go a few at a
time, so that not all of their clients come back to the others in the same moment.
"""

import asyncio
import logging
import random
from typing import Any, Final

import uvicorn

# First: it sets up Django.
from config.asgi import application

# isort: split
from django.conf import settings
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from config.env import load
from config.operations import sockets as telling
from config.operations.snapshot import get_status
from modules.realtime.consumers import CLOSE_NOW
from modules.realtime.services import process
from modules.realtime.services.registry import RESTART, registry
from sharding import tracebacks

MAX_FRAME: Final = 65_536
# Of a tick of uvicorn's loop, which is a tenth of a second.
_DRAIN_TICKS: Final = 50
# Clients are asked to come back within so many milliseconds.
_COME_BACK_MS: Final = 3000


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's, but for connections that are closed whether their readers take it or not."""

    async def run_asgi(self) -> None:
        """Run the application, and let it close at once."""
        self.scope[CLOSE_NOW] = self.close_now  # type: ignore[typeddict-unknown-key]
        await super().run_asgi()

    def close_now(self, code: int, reason: str) -> None:
        """Send a close frame behind what is on its way, and wait a moment for the other side at most."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(settings.REALTIME.close_within, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """Let go of who answers no ping: what they have not read would keep the connection."""
        super().keepalive_timeout()
        self.loop.call_later(settings.REALTIME.close_within, self.transport.abort)


class Server(uvicorn.Server):
    """uvicorn, which ends slowly."""

    _is_leaving = False
    _ticks_left = _DRAIN_TICKS

    async def startup(self, sockets: Any = None) -> None:
        """Listen to Redis, then to clients."""
        process.begin(get_status)
        self._watching = asyncio.create_task(process.watch())
        telling.begin()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to leave; at the second signal leave at once."""
        if self._is_leaving:
            super().handle_exit(sig, frame)
        self._is_leaving = registry.is_leaving = True

    async def on_tick(self, counter: int) -> bool:
        """Let a share of the sockets go."""
        if self._is_leaving:
            holders = list(registry)
            for holder in holders[: -(-len(holders) // max(self._ticks_left, 1))]:
                wait = random.randrange(_COME_BACK_MS)  # noqa: S311
                holder.cut(RESTART, f"come back in {wait} ms")
            self._ticks_left -= 1
            self.should_exit = self.should_exit or not holders
        return await super().on_tick(counter)

    async def shutdown(self, sockets: Any = None) -> None:
        """End."""
        self._watching.cancel()
        telling.stop()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until told to end."""
    env = load()
    tracebacks.install()
    # Addresses of sockets have tickets in them.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(
        application,
        host=env.host,
        port=env.realtime_port,
        loop="asyncio",
        http="h11",
        ws=SocketProtocol,
        ws_max_size=MAX_FRAME,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=2048,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    Server(config).run()


if __name__ == "__main__":
    main()
