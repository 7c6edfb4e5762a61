"""The floor's reads from Redis: packed commands on a raw socket of each thread, bytes spliced."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterable
from typing import Any

import hiredis

from modules.kernel.card_layout import CHECKED_AT
from modules.kernel.redis.address import Address
from modules.posts.schemas import POST_LAYOUT
from modules.profiles.schemas import USER_LAYOUT

PAGE = 20
ENTRY = struct.Struct(">QQ")

# Where the JSON begins in an entry, and the author in a post's head: its first number.
POST_AT, USER_AT = POST_LAYOUT.json_at, USER_LAYOUT.json_at
AUTHOR = slice(CHECKED_AT, CHECKED_AT + 8)

# Of a post of which nothing is counted, an entry ends before. Marks are laid as they are kept: not compared.
COUNT_AT, NONE = 14, b"null"

_local = threading.local()


class Wire:
    """A socket to Redis and the reader of its replies."""

    def __init__(self, url: str) -> None:
        place = Address.parse(url)
        if place.path:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(place.path)
        else:
            self._socket = socket.create_connection((place.host, place.port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = hiredis.Reader()
        if place.greeting:
            self.run(*place.greeting)

    def run(self, *commands: Any) -> list[Any]:
        """Send commands at once and return their replies."""
        pack, count = hiredis.pack_command, len(commands)
        self._socket.sendall(b"".join([pack(command) for command in commands]))
        replies: list[Any] = []
        reader, receive = self._reader, self._socket.recv
        while len(replies) < count:
            reply = reader.gets()
            if reply is False:
                reader.feed(receive(65536))
            elif isinstance(reply, hiredis.ReplyError):
                raise reply
            else:
                replies.append(reply)
        return replies


def wire() -> Wire:
    """Return this thread's wire to the hot Redis."""
    found: Wire | None = getattr(_local, "wire", None)
    if found is None:
        found = _local.wire = Wire(os.environ["BANYAN_REDIS_HOT_URL"])
    return found


def warm_home(user_id: int) -> bytes:
    """Return the first page of a home whose window stands: the window's head, then the cards."""
    (entries,) = wire().run(("LRANGE", b"tl:%d" % user_id, 0, PAGE - 1))
    return lay([ENTRY.unpack(entry) for entry in entries])


def post_page(post_id: int) -> bytes:
    """Return one post with its author: the post's head says who that is."""
    (post,) = wire().run(("GET", b"post:%d" % post_id))
    author_id = int.from_bytes(post[AUTHOR], "big")
    (user,) = wire().run(("GET", b"user:%d" % author_id))
    return b'{"data":%b,"included":{"users":{"%d":%b},"posts":{},"media":{}},"state":{}}' % (
        post[POST_AT:],
        author_id,
        user[USER_AT:],
    )


def batch_page(user_id: int, post_ids: list[int]) -> bytes:
    """Return posts by their ids, with what is counted of them and how the user marked them."""
    posts, counts, marks = wire().run(
        ("MGET", *[b"post:%d" % id for id in post_ids]),
        ("MGET", *[b"postcount:%d" % id for id in post_ids]),
        ("HMGET", b"mine:%d" % user_id, b"floor", *post_ids),
    )
    authors = {int.from_bytes(post[AUTHOR], "big"): b"" for post in posts}
    (cards,) = wire().run(("MGET", *[b"user:%d" % id for id in authors]))
    users = [b'"%d":%b' % (id, card[USER_AT:]) for id, card in zip(authors, cards, strict=True)]
    state = [
        b'"%d":{"counts":%b,"mine":%b}' % (id, count[COUNT_AT:] or NONE, b'"%b"' % mark if mark else NONE)
        for id, count, mark in zip(post_ids, counts, marks[1:], strict=True)
    ]
    return b'{"data":[%b],"included":{"users":{%b},"posts":{},"media":{}},"state":{%b}}' % (
        b",".join([post[POST_AT:] for post in posts]),
        b",".join(users),
        b",".join(state),
    )


def lay(entries: Iterable[tuple[int, int]]) -> bytes:
    """Return a page of posts with their authors, from one MGET."""
    posts, authors = [], {}
    for post_id, author_id in entries:
        posts.append(b"post:%d" % post_id)
        authors[author_id] = b"user:%d" % author_id
    (cards,) = wire().run(("MGET", *posts, *authors.values()))
    shown = len(posts)
    users = [
        b'"%d":%b' % (author_id, card[USER_AT:])
        for author_id, card in zip(authors, cards[shown:], strict=True)
    ]
    return (
        b'{"data":[%b],"included":{"users":{%b},"posts":{},"media":{}},"state":{},"next":null,"prev":null}'
        % (
            b",".join([card[POST_AT:] for card in cards[:shown]]),
            b",".join(users),
        )
    )
