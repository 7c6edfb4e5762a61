"""
The floor: a bare WSGI callable that makes the same round trips as Banyan and gives the same pages.

It runs behind the same gunicorn with the same configuration. It asks nobody who is calling, checks no rule
and no input, signs no cursor, logs nothing, and breaks when a server is away: what remains is the price of
the trips, of laying bytes side by side, and of the server. `/healthz` answers without asking anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.floor_redis import batch_page, post_page, warm_home
from benchmarks.floor_sql import author_page, cold_home, create_post, list_page

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Environ = dict[str, object]

_HEALTHY = b'{"status":"ok"}'


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer `/home/<id>`, `/cold/<id>`, `/post/<id>`, `/create/<author id>` and others by their kinds."""
    _, kind, *rest = str(environ["PATH_INFO"]).split("/")
    status = "200 OK"
    if kind == "home":
        body = warm_home(int(rest[0]))
    elif kind == "post":
        body = post_page(int(rest[0]))
    elif kind == "create":
        status = "201 Created"
        stream = environ["wsgi.input"]
        raw: bytes = stream.read(int(str(environ["CONTENT_LENGTH"])))  # type: ignore[attr-defined]
        body = create_post(int(rest[0]), raw, environ.get("HTTP_IDEMPOTENCY_KEY"))
    elif kind == "cold":
        body = cold_home(int(rest[0]))
    elif kind == "author":
        body = author_page(int(rest[0]))
    elif kind == "list":
        body = list_page(int(rest[0]), int(rest[1]))
    elif kind == "batch":
        body = batch_page(int(rest[0]), [int(id) for id in rest[1].split(",")])
    else:
        body = _HEALTHY
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
