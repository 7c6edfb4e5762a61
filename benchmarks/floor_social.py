"""The floor's pages of posts with what is counted, marked and passed on; and its reactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from benchmarks.floor_redis import AUTHOR, COUNT_AT, ENTRY, NONE, PAGE, POST_AT, USER_AT, wire
from benchmarks.floor_sql import ENTER, EVENT, alias_of, connect, mark_position, one, shard_of
from modules.kernel.card_layout import CHECKED_AT
from sharding.ids import id_of_key

# Of a post's head: what it passes on, and by whom that is.
_ORIGINAL, _ORIGINAL_AUTHOR = (slice(CHECKED_AT + at, CHECKED_AT + at + 8) for at in (18, 26))

_REPLIES = f"""
    SELECT reply_id FROM posts_threadentry WHERE post_id = %s AND parent_id = %s AND is_active
    ORDER BY reply_id DESC LIMIT {PAGE + 1}"""
_TAGGED = f"""
    SELECT post_id, author_id FROM posts_tagpost WHERE tag_id = %s AND is_active
    ORDER BY post_id DESC LIMIT {PAGE + 1}"""
_CHANGE = """
    WITH edge AS ({edge} RETURNING user_id, edge_id),
    changed AS (
        INSERT INTO posts_markcount (user_id, version) SELECT user_id, 1 FROM edge
        ON CONFLICT (user_id) DO UPDATE SET version = posts_markcount.version + 1
        RETURNING version)
    SELECT edge_id, version FROM edge, changed"""
_ADD = _CHANGE.format(
    edge="""
        INSERT INTO posts_reactionout (user_id, post_id, type, edge_id)
        VALUES (%(user_id)s, %(post_id)s, 'like', next_id(%(shard)s))
        ON CONFLICT DO NOTHING"""
)
_REMOVE = _CHANGE.format(
    edge="""
        DELETE FROM posts_reactionout
        WHERE user_id = %(user_id)s AND post_id = %(post_id)s AND type = 'like'"""
)
_MARKS = """
    SELECT type FROM posts_reactionout WHERE user_id = %(user_id)s AND post_id = %(post_id)s
    UNION ALL SELECT '*' FROM posts_bookmark WHERE user_id = %(user_id)s AND post_id = %(post_id)s"""


def mixed_home(user_id: int) -> bytes:
    """Return the first page of a home whose window stands, with what its posts pass on."""
    (entries,) = wire().run(("LRANGE", b"tl:%d" % user_id, 0, PAGE - 1))
    found = [ENTRY.unpack(entry) for entry in entries]
    return lay_whole([id for id, _ in found], user_id, [author_id for _, author_id in found])


def thread_page(user_id: int, post_id: int) -> bytes:
    """Return the first page of what was replied to a post, and whether that is there."""
    rows = connect(alias_of(post_id)).execute(_REPLIES, [post_id, post_id]).fetchall()
    return lay_whole([id for (id,) in rows[:PAGE]], user_id, beside=[post_id])


def tag_page(user_id: int, tag: str) -> bytes:
    """Return the first page of the posts with a tag."""
    tag_id = id_of_key("tag", tag)
    rows = connect(alias_of(tag_id)).execute(_TAGGED, [tag_id]).fetchall()[:PAGE]
    return lay_whole([id for id, _ in rows], user_id, [author_id for _, author_id in rows])


def react(user_id: int, post_id: int, *, is_added: bool) -> bytes:
    """React to a post that is there, or take it back; announce it, and enter it into the user's marks."""
    if is_added:
        (post,) = wire().run(("GET", b"post:%d" % post_id))
        wire().run(("GET", b"user:%d" % int.from_bytes(post[AUTHOR], "big")))
    alias, shard = alias_of(user_id), shard_of(user_id)
    connection, row = connect(alias), {"user_id": user_id, "post_id": post_id, "shard": shard}
    connection.execute("BEGIN")
    connection.execute(ENTER, [shard])
    marks = ""
    if changed := one(connection.execute(_ADD if is_added else _REMOVE, row)):
        marks = ",".join(name for (name,) in connection.execute(_MARKS, row).fetchall())
        facts = {"user_id": user_id, "post_id": post_id, "type": "like"}
        facts |= dict(zip(("edge_id", "version"), changed, strict=True))
        name = "posts.reaction_added.v1" if is_added else "posts.reaction_removed.v1"
        connection.execute(EVENT, [shard, user_id, name, orjson.dumps(facts).decode()])
    connection.execute("COMMIT")
    key = b"fl:mine:%d" % user_id
    wire().run(("HSET", key, post_id, marks) if marks else ("HDEL", key, post_id))
    mark_position(alias, user_id)
    return b""


def lay_whole(
    post_ids: list[int], user_id: int, author_ids: Iterable[int] = (), *, beside: Sequence[int] = ()
) -> bytes:
    """
    Return a page of posts with their authors, what they pass on, counts and marks.

    What is known beforehand comes in the first trip, originals and other authors in a second one, and how the
    reader marked the originals in a third.
    """
    asked, known, skip = [*beside, *post_ids], list(dict.fromkeys(author_ids)), len(beside)
    posts, counts, marks, *people = wire().run(*_cards(asked), _marks(user_id, asked), *_people(known))
    posts, state = posts[skip:], _state(post_ids, counts[skip:], marks[skip + 1 :])
    users = dict(zip(known, people[0], strict=True)) if known else {}
    originals = {id: _number(post, _ORIGINAL_AUTHOR) for post in posts if (id := _number(post, _ORIGINAL))}
    lacking = [*({_number(post, AUTHOR) for post in posts}.union(originals.values()).difference(users))]
    passed_on: list[bytes] = []
    if originals or lacking:
        replies = wire().run(*(_cards(originals) if originals else ()), *_people(lacking))
        if lacking:
            users |= zip(lacking, replies.pop(), strict=True)
    if originals:
        passed_on, counts = replies
        (marks,) = wire().run(_marks(user_id, originals))
        state += _state(originals, counts, marks[1:])
    return b'{"data":[%b],"included":{"users":{%b},"posts":{%b},"media":{}},"state":{%b},"next":null}' % (
        b",".join([post[POST_AT:] for post in posts]),
        b",".join([b'"%d":%b' % (id, user[USER_AT:]) for id, user in users.items()]),
        b",".join([b'"%d":%b' % (id, post[POST_AT:]) for id, post in zip(originals, passed_on, strict=True)]),
        b",".join(state),
    )


def _number(entry: bytes, at: slice) -> int:
    return int.from_bytes(entry[at], "big")


def _cards(post_ids: Iterable[int]) -> list[Any]:
    return [("MGET", *[f"post:{id}" for id in post_ids]), ("MGET", *[f"postcount:{id}" for id in post_ids])]


def _people(user_ids: list[int]) -> list[Any]:
    return [("MGET", *[f"user:{id}" for id in user_ids])] if user_ids else []


def _marks(user_id: int, post_ids: Iterable[int]) -> Any:
    return ("HMGET", f"mine:{user_id}", "floor", *post_ids)


def _state(post_ids: Iterable[int], counts: list[bytes], marks: list[bytes | None]) -> list[bytes]:
    return [
        b'"%d":{"counts":%b,"mine":%b}' % (id, count[COUNT_AT:] or NONE, b'"%b"' % mark if mark else NONE)
        for id, count, mark in zip(post_ids, counts, marks, strict=True)
    ]
