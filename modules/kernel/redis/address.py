"""
Where Redis answers and how it is talked to: one way to write URLs of all three, hot, cache and broker.

The words about TLS are redis-py's, so that the cache takes its URL as it is.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

Argument = str | bytes | int | float
Command = tuple[Argument, ...]

_SPECIAL = "write what is special in a password as %2F"
_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_CHOICES = {"ssl_cert_reqs": ("required", "optional", "none"), "ssl_check_hostname": ("true", "false")}
_KNOWN = {"unix": {"db"}, "redis": set[str](), "rediss": {*_FILES, *_CHOICES}}


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
        tls = _tls_of(options) if parts.scheme == "rediss" else None
        context = None if tls is None else _context_of(tls)
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
    if "ssl_keyfile" in options and "ssl_certfile" not in options:
        raise ValueError("ssl_keyfile needs an ssl_certfile")
    for word, choices in _CHOICES.items():
        if options.get(word, choices[0]) not in choices:
            raise ValueError(f"{word} is one of {', '.join(choices)}")
    return options


def _tls_of(options: Mapping[str, str]) -> dict[str, str | bool]:
    """Return what redis-py is told: certificates and names are verified unless the URL says otherwise."""
    said: dict[str, str | bool] = {"ssl_cert_reqs": "required", **options}
    return said | {"ssl_check_hostname": options.get("ssl_check_hostname", "true") == "true"}


def _context_of(tls: Mapping[str, str | bool]) -> ssl.SSLContext:
    """
    Return what a socket is wrapped by; made once, for it reads files.

    :raises ValueError: if one of them cannot be read
    """
    authorities, certificate, key = (str(tls[word]) if word in tls else None for word in _FILES)
    try:
        context = ssl.create_default_context(cafile=authorities)
        if certificate:
            context.load_cert_chain(certificate, key)
    except OSError as error:
        files = ", ".join(word for word in _FILES if word in tls)
        raise ValueError(f"{files} cannot be used: {error.strerror or error}") from None
    is_verified = tls["ssl_cert_reqs"] != "none"
    context.check_hostname = is_verified and bool(tls["ssl_check_hostname"])
    context.verify_mode = ssl.CERT_REQUIRED if is_verified else ssl.CERT_NONE
    return context
