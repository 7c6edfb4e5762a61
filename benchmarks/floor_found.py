"""The floor's searches, whose statements are those that Banyan was heard to run; and its media."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson

from benchmarks.floor_redis import PAGE, USER_AT, wire
from benchmarks.floor_social import lay_whole
from benchmarks.floor_sql import ENTER, alias_of, connect, mark_position, one, shard_of

# Under this with a row's name the statements of each of its requests are kept, for the floor to run them.
HEARD = "fl:heard:{row}:{number}"

_NEW = """
    INSERT INTO media_media (id, owner_id, kind, purpose, state, version, type, bytes, variants, created_at)
    VALUES (next_id(%s), %s, 0, 0, 0, 1, 'image/jpeg', %s, '[]', %s) RETURNING id"""
_ONE = "SELECT * FROM media_media WHERE id = %s AND owner_id = %s"
_MEDIA = (
    b'{"id":"%d","kind":"image","state":"awaiting","type":"image/jpeg","width":null,"height":null,'
    b'"blurhash":null,"alt":"","focus":null,"variants":[],"purpose":"post","bytes":1000000,"reason":null,'
    b'"attached_to":null,"created_at":"2026-11-27T12:00:00Z"%b}'
)
NOTHING = b'{"data":[],"included":{"users":{},"posts":{},"media":{}},"state":{},"next":null,"prev":null}'
_FORM = b',"upload":{"method":"POST","url":"/media/","fields":{"key":"incoming/%d","policy":"%b"}}'


def posts_found(user_id: int, number: int) -> bytes:
    """Return the first page of the posts that a query finds."""
    rows = sorted((row for row in _ask("search_posts", number) if _is_key(row)), reverse=True)[:PAGE]
    return (
        lay_whole([id for id, _ in rows], user_id, [author_id for _, author_id in rows]) if rows else NOTHING
    )


def people_found(number: int) -> bytes:
    """Return the first page of the people that a query finds, with their counts."""
    rows = _ask("search_people", number)
    ids = [row[2] for row in rows if len(row) == 3 and row[0] in (0, 1)][:PAGE]
    (cards,) = wire().run(("MGET", *[f"user:{id}" for id in ids]))
    counts = b",".join([b'"%d":{"followers":0,"following":0}' % id for id in ids])
    data = b",".join([card[USER_AT:] for card in cards])
    return b'{"data":[%b],"included":{},"state":{%b},"next":null,"prev":null}' % (data, counts)


def new_media(owner_id: int, raw: bytes) -> bytes:
    """Note what is about to be uploaded, and return a form that nobody signed."""
    alias, shard, now = alias_of(owner_id), shard_of(owner_id), datetime.now(UTC)  # noqa: TID251
    connection, announced = connect(alias), orjson.loads(raw)["bytes"]
    connection.execute("BEGIN")
    connection.execute(ENTER, [shard])
    (media_id,) = one(connection.execute(_NEW, [shard, owner_id, announced, now]))
    connection.execute("COMMIT")
    mark_position(alias, owner_id)
    return _MEDIA % (media_id, _FORM % (media_id, b"0" * 200))


def one_media(owner_id: int, media_id: int) -> bytes:
    """Return one of somebody's own media."""
    one(connect(alias_of(owner_id)).execute(_ONE, [media_id, owner_id]))
    return _MEDIA % (media_id, b"")


def _is_key(row: Any) -> bool:
    """Return whether a row is a post's id with its author's, and not the planner's word."""
    return len(row) == 2 and isinstance(row[1], int)


def _ask(row: str, number: int) -> list[Any]:
    """Run what Banyan ran, each server's statements in one transaction that changes nothing."""
    found: list[Any] = []
    for alias, statements in _heard(row, number):
        connection = connect(alias)
        connection.execute("BEGIN")
        for sql, params in statements:
            cursor = connection.execute(sql, params)
            found += cursor.fetchall() if cursor.description else []
        connection.execute("ROLLBACK")
    return found


@cache
def _heard(row: str, number: int) -> list[Any]:
    (heard,) = wire().run(("GET", HEARD.format(row=row, number=number)))
    return list(orjson.loads(heard))
