"""
Requests over HTTP where sockets are served: the WSGI application answers them on threads.

One that waits for something new (`/v1/me/updates?wait=`) holds no thread: the view has answered that there
is nothing, and left word how to ask again; that is done when its user's channel tells of something. asgiref's
adapter runs all requests of a process on one thread.
"""

import asyncio
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from django.conf import settings

from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.sizes import MAX_BODY
from modules.realtime.selectors.updates import channel_of
from modules.realtime.services import process
from modules.realtime.services.registry import registry
from modules.realtime.services.threads import in_thread
from modules.realtime.services.waits import WAITING, Waiting
from sharding.errors import InstanceUnavailable

_AWAY = (RedisUnavailable, InstanceUnavailable)


class Answer(NamedTuple):
    """What a WSGI application said."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


# Nobody shall be sent here who would be told to go elsewhere.
_LEAVING = Answer(503, [("Content-Type", "application/json")], b'{"status":"not_ready"}')


class Gateway:
    """The WSGI application as an ASGI one."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        """Keep who answers, and of which user how many wait."""
        self._application = application
        self._waiting: Counter[int] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body = await _read_body(receive)
        if body is None:
            return
        environ = _environ(scope, body)
        if scope["path"] == "/readyz" and registry.is_leaving:
            await _send(_LEAVING, send, is_head=scope["method"] == "HEAD")
            return
        answer = await in_thread(self._ask, environ)
        waiting: Waiting | None = environ.get(WAITING)
        if waiting is not None and self._waiting[waiting.user_id] < settings.REALTIME.sockets_per_user:
            self._waiting[waiting.user_id] += 1
            try:
                answer = answer._replace(body=await _wait(waiting, receive) or answer.body)
            finally:
                self._waiting -= Counter([waiting.user_id])
        await _send(answer, send, is_head=scope["method"] == "HEAD")

    def _ask(self, environ: dict[str, Any]) -> Answer:
        """Have the application answer."""
        told: list[Any] = []
        response = self._application(environ, lambda status, headers, *_: told.extend((status, headers)))
        try:
            body = b"".join(response)
        finally:
            getattr(response, "close", lambda: None)()
        return Answer(int(told[0].split(" ", 1)[0]), told[1], body)


async def _wait(waiting: Waiting, receive: Any) -> bytes | None:
    """Return an answer as soon as there is one; None if there is none in time, or nobody waits any more."""
    layer = process.layer()
    channel = await layer.new_channel("wait")
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        async with asyncio.timeout(waiting.seconds):
            await layer.group_add(channel_of(waiting.user_id), channel)
            while True:
                body: bytes | None = await in_thread(waiting.read)
                if body is not None:
                    return body
                heard = asyncio.ensure_future(layer.receive(channel))
                try:
                    await asyncio.wait([heard, gone], return_when=asyncio.FIRST_COMPLETED)
                finally:
                    await _end(heard)
                if gone.done():
                    return None
    except (TimeoutError, *_AWAY):
        return None
    finally:
        await _end(gone)
        await layer.forget(channel)


async def _end(task: asyncio.Future[Any]) -> None:
    """Have a task end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _until_gone(receive: Any) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(receive: Any) -> bytes | None:
    """Return a body, or one byte more than any may have; None if the client has left."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body = (body + message.get("body", b""))[: MAX_BODY + 1]
        if not message.get("more_body", False):
            return body


async def _send(answer: Answer, send: Any, *, is_head: bool) -> None:
    kept = [(name, text) for name, text in answer.headers if name.lower() != "content-length"]
    if answer.status not in (204, 304):
        kept.append(("Content-Length", str(len(answer.body))))
    headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in kept]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else answer.body})


def _environ(scope: Any, body: bytes) -> dict[str, Any]:
    """Return a request as WSGI has it (PEP 3333)."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("127.0.0.1", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_text in scope["headers"]:
        # Two names that differ in these would be one here, and one of them a proxy's.
        if b"_" in raw_name:
            continue
        name, text = raw_name.decode("latin-1").upper().replace("-", "_"), raw_text.decode("latin-1")
        key = name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    if "HTTP_TRANSFER_ENCODING" in environ:
        del environ["HTTP_TRANSFER_ENCODING"]
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ
