"""
Where Redis answers and how it is talked to: one way to write URLs of all three, hot, cache and broker.

The words about TLS are redis-py's, so that the cache takes its URL as it is.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from modules.kernel import tls as tls_words

Argument = str | bytes | int | float
Command = tuple[Argument, ...]

_SPECIAL = "write what is special in a password as %2F"
_KNOWN = {"unix": frozenset({"db"}), "redis": frozenset[str](), "rediss": tls_words.WORDS}


@dataclass(frozen=True, slots=True)
class Address:
    """
    A Redis URL taken apart: redis[s]://[user:password@]host:port/db or unix://[:password@]/path?db=n.

    `tls` is what redis-py is told, None of what is not rediss://; `context` is the same for a bare socket.
    """

    path: str | None
    host: str
    port: int
    greeting: tuple[Command, ...]
    tls: Mapping[str, str | bool] | None = None
    context: ssl.SSLContext | None = None

    @classmethod
    def parse(cls, url: str) -> "Address":
        """
        Return the address with the commands that open a connection.

        :raises ValueError: naming the word or the file that is wrong, but nothing of a password
        """
        try:
            parts = urlsplit(url)
            port = parts.port or 6379
        except ValueError:
            raise ValueError(f"its port is no number; {_SPECIAL}") from None
        if parts.fragment or "@" in parts.query:
            raise ValueError(_SPECIAL)
        if parts.scheme not in _KNOWN:
            raise ValueError("A Redis URL starts with redis://, rediss:// or unix://.")
        is_socket = parts.scheme == "unix"
        options = _options_of(parts.scheme, parts.query)
        database = options.get("db", "0") if is_socket else parts.path.strip("/") or "0"
        if not (database.isascii() and database.isdigit()):
            raise ValueError("its database is no number: redis://host:port/0, unix:///path?db=0")
        greeting: list[Command] = []
        if parts.password:
            user = [unquote(parts.username)] if parts.username else []
            greeting.append(("AUTH", *user, unquote(parts.password)))
        if int(database):
            greeting.append(("SELECT", int(database)))
        path = unquote(parts.path) if is_socket else None
        tls = tls_words.with_defaults(options) if parts.scheme == "rediss" else None
        context = None if tls is None else tls_words.context_of(tls)
        return cls(path, parts.hostname or "127.0.0.1", port, tuple(greeting), tls, context)


def _options_of(scheme: str, query: str) -> dict[str, str]:
    """
    Return the query of a URL.

    :raises ValueError: if somebody who gets it would not know a word of it, or read a value in another way
    """
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(options.keys() - _KNOWN[scheme])
    if unknown:
        known = ", ".join(sorted(_KNOWN[scheme])) or "nothing (rediss:// has TLS)"
        raise ValueError(f"{scheme}:// takes in its query {known}; not {', '.join(unknown)}")
    tls_words.check_words(options)
    return options
