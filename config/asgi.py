"""
The ASGI application: sockets, and requests that wait for something new.

`python -m config.realtime` serves it. Whatever else is asked here over HTTP the WSGI application answers, on
a thread: health checks, and the API where no proxy stands before the two.
"""

from typing import Any

# First: it sets up Django.
from config.wsgi import application as rest

# isort: split
from config.serving.gateway import Gateway
from config.serving.origins import OriginGuard
from modules.realtime.consumers import Socket

_PATH = "/v1/realtime"
_sockets = OriginGuard(Socket.as_asgi())
_requests = Gateway(rest)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one connection."""
    if scope["type"] == "http":
        await _requests(scope, receive, send)
    elif scope["path"] == _PATH:
        await _sockets(scope, receive, send)
    else:
        await send({"type": "websocket.close"})
