"""
The floor: a bare WSGI callable that makes the same round trips as Banyan and gives the same pages.

It runs behind the same gunicorn with the same configuration. It asks nobody who is calling, checks no rule
and no input, signs no cursor, logs nothing, and breaks when a server is away: what remains is the price of
the trips, of laying bytes side by side, and of the server. `/healthz` answers without asking anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.floor_found import new_media, one_media, people_found, posts_found
from benchmarks.floor_redis import batch_page, post_page, warm_home
from benchmarks.floor_social import mixed_home, react, tag_page, thread_page
from benchmarks.floor_sql import author_page, cold_home, create_post, list_page

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Environ = dict[str, object]

_HEALTHY = b'{"status":"ok"}'


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer `/home/<id>`, `/cold/<id>`, `/post/<id>`, `/create/<author id>` and others by their kinds."""
    _, kind, *rest = str(environ["PATH_INFO"]).split("/")
    status = "200 OK"
    if kind in _READS:
        body = _READS[kind](*rest)
    elif kind in _CREATES:
        status = "201 Created"
        stream = environ["wsgi.input"]
        raw: bytes = stream.read(int(str(environ["CONTENT_LENGTH"])))  # type: ignore[attr-defined]
        body = _CREATES[kind](int(rest[0]), raw, environ.get("HTTP_IDEMPOTENCY_KEY"))
    elif kind == "react":
        react(int(rest[0]), int(rest[1]), is_added=environ["REQUEST_METHOD"] == "PUT")
        start_response("204 No Content", [])
        return []
    else:
        body = _HEALTHY
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


_READS: dict[str, Callable[..., bytes]] = {
    "home": lambda user_id: warm_home(int(user_id)),
    "post": lambda post_id: post_page(int(post_id)),
    "cold": lambda user_id: cold_home(int(user_id)),
    "author": lambda user_id: author_page(int(user_id)),
    "list": lambda user_id, list_id: list_page(int(user_id), int(list_id)),
    "batch": lambda user_id, ids: batch_page(int(user_id), [int(id) for id in ids.split(",")]),
    "mixed": lambda user_id: mixed_home(int(user_id)),
    "thread": lambda user_id, post_id: thread_page(int(user_id), int(post_id)),
    "tag": lambda user_id, tag: tag_page(int(user_id), tag),
    "found": lambda user_id, number: posts_found(int(user_id), int(number)),
    "people": lambda number: people_found(int(number)),
    "media": lambda user_id, media_id: one_media(int(user_id), int(media_id)),
}
_CREATES: dict[str, Callable[..., bytes]] = {
    "create": create_post,
    "upload": lambda owner_id, raw, key: new_media(owner_id, raw),
}
