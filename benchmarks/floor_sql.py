"""The floor's trips to PostgreSQL: bare psycopg that prepares, one connection a thread and instance."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from benchmarks.floor_redis import ENTRY, PAGE, lay, wire
from modules.posts.schemas import POST_COLUMNS, REPOST

_SHARDS = 4096
_PULL = 100
_TTL_S = 3600
_FRESHNESS_S = 30

_FOLLOWING = "SELECT target_id FROM graph_followout WHERE user_id = %s"
# What posts asks (modules/posts/selectors/newest.py), for the first page.
_NEWEST = """
    WITH heads AS MATERIALIZED (
        SELECT author.id AS author_id, head.id AS head
        FROM unnest(%(authors)s::bigint[]) AS author(id)
        CROSS JOIN LATERAL (
            SELECT post.id FROM posts_post post
            WHERE post.author_id = author.id AND post.deleted_at IS NULL
            ORDER BY post.id DESC LIMIT 1) AS head
        ORDER BY head.id DESC LIMIT %(limit)s)
    SELECT newest.id, heads.author_id
    FROM heads
    CROSS JOIN LATERAL (
        SELECT post.id FROM posts_post post
        WHERE post.author_id = heads.author_id AND post.deleted_at IS NULL
            AND post.id >= (SELECT CASE WHEN count(*) = %(limit)s THEN min(head) ELSE 0 END FROM heads)
        ORDER BY post.id DESC LIMIT %(limit)s) AS newest
    ORDER BY newest.id DESC LIMIT %(limit)s"""

_OF_AUTHOR = f"""
    SELECT id FROM posts_post
    WHERE author_id = %s AND deleted_at IS NULL AND reply_to_id IS NULL AND NOT (kind = {REPOST})
    ORDER BY id DESC LIMIT {PAGE + 1}"""
_MEMBERS = "SELECT member_id FROM timelines_listmember WHERE owner_id = %s AND list_id = %s"

ENTER = "SELECT fence_enter(%s)"
_ENTER_ONCE = "SELECT * FROM fence_enter_once(%s, %s, 'floor', %s, '', 500)"
_INSERT = """
    WITH counted AS (
        INSERT INTO posts_authorcount (author_id, posts) VALUES (%(author_id)s, 1)
        ON CONFLICT (author_id) DO UPDATE SET posts = posts_authorcount.posts + 1)
    INSERT INTO posts_post (id, {columns}) VALUES (next_id(%(shard)s), {values}) RETURNING id"""
_POST = _INSERT.format(
    columns=", ".join(POST_COLUMNS), values=", ".join(f"%({name})s" for name in POST_COLUMNS)
)
_NEW = {"version": 1, "audience": 0, "entities": "[]", "custom": "{}", "reply_policy": 0}
EVENT = "INSERT INTO outbox_event (id, owner_id, name, payload) VALUES (next_id(%s), %s, %s, %s::jsonb)"
_ANSWER = "UPDATE once SET status = 201, body = %s WHERE owner_id = %s AND scope = 'floor' AND key = %s"
_POSITION = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"

_local = threading.local()
_URLS, _OTHERS = (
    dict(pair.split("=", 1) for pair in os.environ.get(name, "").split(",") if pair)
    for name in ("BANYAN_INSTANCES", "BANYAN_REPLICAS")
)
_SERVERS = {**_URLS, **_OTHERS, "default": os.environ.get("BANYAN_DIRECTORY_URL", "")}
_REPLICATED = {name.rpartition("_")[0] for name in _OTHERS}


def create_post(author_id: int, raw: bytes, key: Any) -> bytes:
    """Publish a post as Banyan does, its count, fence, announcement, kept answer and freshness included."""
    text, now, shard = orjson.loads(raw)["text"], datetime.now(UTC), shard_of(author_id)  # noqa: TID251
    alias = alias_of(author_id)
    connection = connect(alias)
    connection.execute("BEGIN")
    if key:
        connection.execute(_ENTER_ONCE, [shard, author_id, key])
    else:
        connection.execute(ENTER, [shard])
    row = {**_NEW, "author_id": author_id, "shard": shard, "text": text, "published_at": now}
    (post_id,) = one(connection.execute(_POST, row))
    payload = orjson.dumps({"post_id": post_id, "author_id": author_id, "audience": 0}).decode()
    connection.execute(EVENT, [shard, author_id, "posts.post_published.v1", payload])
    card = {
        "id": str(post_id),
        "author_id": str(author_id),
        "text": text,
        "entities": [],
        "audience": "public",
        "reply_policy": "everyone",
        "custom": {},
        "published_at": now,
        "edited_at": None,
    }
    body = orjson.dumps(card)
    if key:
        connection.execute(_ANSWER, [body, author_id, key])
    connection.execute("COMMIT")
    mark_position(alias, author_id)
    return body


def mark_position(alias: str, user_id: int) -> None:
    """Remember down to where a replica must have read for a user to see what they wrote."""
    if alias in _REPLICATED:
        (position,) = one(connect(alias).execute(_POSITION))
        mark = b"%b:1:%X" % (alias.encode(), position)
        wire().run(("SET", b"ryw:%d" % user_id, mark, "EX", _FRESHNESS_S))


def cold_home(user_id: int) -> bytes:
    """Return the first page of a home that has no window, and make window and rule set for the next read."""
    key, rules = b"fl:tl:%d" % user_id, b"fl:fol:%d" % user_id
    wire().run(("LINDEX", key, 0))
    following = [id for (id,) in connect(alias_of(user_id)).execute(_FOLLOWING, [user_id]).fetchall()]
    entries = sorted(_pull([user_id, *following]), reverse=True)[:_PULL]
    packed = [ENTRY.pack(*entry) for entry in entries]
    wire().run(
        ("DEL", key, rules),
        ("RPUSH", key, *packed, bytes(16)),
        ("EXPIRE", key, _TTL_S),
        ("SADD", rules, 0, *following),
        ("EXPIRE", rules, _TTL_S),
    )
    return lay(entries[:PAGE])


def author_page(author_id: int) -> bytes:
    """Return the first page of what somebody wrote."""
    rows = connect(alias_of(author_id)).execute(_OF_AUTHOR, [author_id]).fetchall()
    return lay([(id, author_id) for (id,) in rows[:PAGE]])


def list_page(user_id: int, list_id: int) -> bytes:
    """Return the first page of what the members of a list wrote."""
    rows = connect(alias_of(user_id)).execute(_MEMBERS, [user_id, list_id]).fetchall()
    return lay(sorted(_pull([id for (id,) in rows]), reverse=True)[:PAGE])


def _pull(author_ids: list[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for alias in _URLS:
        authors = [id for id in author_ids if alias_of(id) == alias]
        found += connect(alias).execute(_NEWEST, {"authors": authors, "limit": _PULL}).fetchall()
    return found


def shard_of(any_id: int) -> int:
    """Return the shard in an id."""
    return any_id >> 10 & (_SHARDS - 1)


def alias_of(any_id: int) -> str:
    """Return the instance of an id; a fresh system lays the shards evenly (sharding/seed.py)."""
    return list(_URLS)[shard_of(any_id) * len(_URLS) // _SHARDS]


def connect(alias: str) -> psycopg.Connection[Any]:
    """Return this thread's connection to a server."""
    connections: dict[str, psycopg.Connection[Any]] = _local.__dict__.setdefault("connections", {})
    if alias not in connections:
        connections[alias] = psycopg.connect(_SERVERS[alias], autocommit=True)
    return connections[alias]


def one(cursor: psycopg.Cursor[Any]) -> Any:
    """Return the row that there is."""
    return cursor.fetchone()
