"""Where other servers answer, read from URLs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from environs import ValidationError
from psycopg import ProgrammingError, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo, timeout_from_conninfo

from config import checks_of_mail
from config.rabbitmq import RabbitMQ
from modules.kernel.redis.address import Address

_MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_EXPECTED = (
    "expected postgres://user:password@host:port/name?sslmode=verify-full;"
    " write what is special in a password as %2F"
)
_MASK = "********"
_NO_PORT = "its port is no number; write what is special in a password as %2F"
_KNOWN_BY_LIBPQ = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
# What libpq's own programs show as asterisks, and what its debugging options hold.
_SECRET = re.compile("password|secret|scram_")


@dataclass(frozen=True, slots=True)
class Database:
    """Where PostgreSQL answers, and all else that libpq is told: `parameters` are in its own words."""

    url: str
    parameters: dict[str, str]

    @classmethod
    def parse(cls, url: str) -> Database:
        """
        Read `postgres://user:password@host:port,host:port/name?sslmode=verify-full&…` as libpq reads it.

        Whatever libpq knows may stand in the query, a folder with a socket too: `?host=/folder`.

        :raises ValidationError: if libpq does not know a word or a value; if no server or database is named
        """
        parameters = _read_by_libpq(url)
        names_server = parameters.get("host") or parameters.get("hostaddr")
        if not names_server or not parameters.get("dbname"):
            raise ValidationError(_EXPECTED)
        _refuse_ports(parameters.get("port", ""))
        _refuse_time_limits(parameters.get("options", ""))
        _refuse_values(parameters)
        return cls(url, parameters)


def _read_by_libpq(url: str) -> dict[str, str]:
    """
    Return what a URL says, by the words of libpq.

    :raises ValidationError: naming the words that it does not know, but nothing that may be of a password
    """
    parts = _split_any(url)
    # Where a password holds one of these as it is, everybody cuts the URL at another place.
    is_ambiguous = bool(parts.fragment) or "@" in parts.query + parts.path or parts.netloc.count("@") > 1
    if parts.scheme not in {"postgres", "postgresql"} or is_ambiguous:
        raise ValidationError(_EXPECTED)
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        # Not its own words: they may repeat a password.
        unknown = sorted({name for name, _ in parse_qsl(parts.query, True)} - _KNOWN_BY_LIBPQ)
        raise ValidationError(f"libpq knows no {', '.join(unknown)}" if unknown else _EXPECTED) from None


def _refuse_ports(ports: str) -> None:
    """:raises ValidationError: if a port is none; libpq finds that out when it connects."""
    for port in ports.split(","):
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise ValidationError(_NO_PORT)


def _refuse_time_limits(options: str) -> None:
    """:raises ValidationError: if a URL sets what has a variable of its own, and would be overruled."""
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        if limit in options:
            raise ValidationError(f"options may not set {limit}: BANYAN_STATEMENT_TIMEOUT_MS and its like do")


def _refuse_values(parameters: dict[str, str]) -> None:
    """
    Let libpq look at its values, as it does before it connects: here to sockets that cannot be there.

    :raises ValidationError: in the words of libpq, which repeat the value that is wrong
    """
    nowhere = ",".join(["/dev/null"] * (parameters.get("host", "").count(",") + 1))
    conninfo = make_conninfo(**{**parameters, "host": nowhere, "hostaddr": ""}).encode()
    if pq.PGconn.ping(conninfo) == pq.Ping.NO_ATTEMPT:
        raise ValidationError(pq.PGconn.connect_start(conninfo).get_error_message().strip())
    try:
        timeout_from_conninfo({**parameters})
    except ProgrammingError as error:
        raise ValidationError(str(error)) from None


def read_redis(url: str) -> str:
    """
    Return the URL of a Redis, once it is known that whoever gets it will understand it.

    :raises ValidationError: saying what is wrong
    """
    return _read_by(Address.parse, url)


def read_broker(url: str) -> str:
    """
    Return the URL of a RabbitMQ or a Redis, once it is known that kombu can be told all of it.

    :raises ValidationError: saying what is wrong
    """
    if url.partition(":")[0] not in {"amqp", "amqps", "redis", "rediss", "unix"}:
        raise ValidationError("expected amqp://, amqps://, redis://, rediss:// or unix://")
    return _read_by(RabbitMQ.parse if RabbitMQ.is_meant_by(url) else Address.parse, url)


def _read_by(parse: Callable[[str], object], url: str) -> str:
    """:raises ValidationError: in the words of whoever reads it"""
    try:
        parse(url)
    except ValueError as error:
        raise ValidationError(str(error)) from None
    return url


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes mails: a server, a provider, a folder or the terminal; what does not apply is empty."""

    scheme: str
    user: str
    password: str
    host: str
    port: int
    folder: str
    url: str

    @classmethod
    def parse(cls, url: str | MailServer) -> MailServer:
        """
        Read `smtp+starttls://user:password@host:port`, `smtps://…`, `smtp://…`, `anymail://postmark`, `file:///…`
        or `console:`.

        :raises ValidationError: if the URL is none of these
        """
        if isinstance(url, MailServer):
            return url
        parts, port = _split(url)
        is_server = parts.scheme in _MAIL_PORTS and bool(parts.hostname)
        is_provider = parts.scheme == "anymail" and checks_of_mail.is_provider(parts.netloc)
        is_folder = parts.scheme == "file" and parts.path.startswith("/")
        if not (is_server or is_provider or is_folder or parts.scheme == "console"):
            raise ValidationError(
                "expected smtp+starttls://user:password@host, smtps://…, anymail://provider, file:///folder,"
                " console:"
            )
        return cls(
            scheme=parts.scheme,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=parts.hostname or "",
            port=port or _MAIL_PORTS.get(parts.scheme, 0),
            folder=unquote(parts.path) if is_folder else "",
            url=url,
        )


def _split(url: str) -> tuple[SplitResult, int | None]:
    """
    Return the parts of a URL and its port.

    :raises ValidationError: if its port is none, as after a `/` in a password that is not written as %2F
    """
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise ValidationError(_NO_PORT) from None


def _split_any(url: str) -> SplitResult:
    """
    Return the parts of a URL that may have several hosts, each with a port.

    :raises ValidationError: if it is none
    """
    try:
        return urlsplit(url)
    except ValueError:
        raise ValidationError(_EXPECTED) from None


def local_url(port: int) -> str:
    """
    Return where a service of this machine is reached, where nobody said: one address, printed and signed.

    By name, for browsers bind no passkey to a number.
    """
    return f"http://localhost:{port}"


def mask_url(url: str) -> str:
    """Return the URL with its passwords masked, those in its query too."""
    parts = urlsplit(url)
    netloc = parts.netloc.replace(f":{parts.password}@", f":{_MASK}@") if parts.password else parts.netloc
    query = "&".join(_masked_pair(pair) for pair in parts.query.split("&"))
    return urlunsplit(parts._replace(netloc=netloc, query=query))


def _masked_pair(pair: str) -> str:
    """Return `name=value` of a query, masked if the name says that it is secret."""
    name, equals, value = pair.partition("=")
    return f"{name}={_MASK}" if equals and value and _SECRET.search(unquote(name)) else pair
