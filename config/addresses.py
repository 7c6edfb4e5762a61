"""Where other servers answer, read from URLs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from environs import ValidationError

_MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Database:
    """Where one PostgreSQL server answers."""

    name: str
    user: str
    password: str
    host: str
    port: str
    url: str

    @classmethod
    def parse(cls, url: str) -> Database:
        """
        Read `postgres://user:password@host:port/name`; a socket folder goes in `?host=/folder`.

        :raises ValidationError: if the URL names no server or no database
        """
        parts, port = _split(url)
        query = parse_qs(parts.query)
        host = query.get("host", [parts.hostname or ""])[0]
        name = parts.path.lstrip("/")
        if parts.scheme not in {"postgres", "postgresql"} or not host or not name:
            raise ValidationError("expected postgres://user:password@host:port/name")
        return cls(
            name=unquote(name),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=host,
            port=str(port or query.get("port", ["5432"])[0]),
            url=url,
        )


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes mails: a server, a folder or the terminal; what does not apply is empty."""

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
        Read `smtp+starttls://user:password@host:port`, `smtps://…`, `smtp://…`, `file:///…` or `console:`.

        :raises ValidationError: if the URL is none of these
        """
        if isinstance(url, MailServer):
            return url
        parts, port = _split(url)
        is_server = parts.scheme in _MAIL_PORTS and bool(parts.hostname)
        is_folder = parts.scheme == "file" and parts.path.startswith("/")
        if not (is_server or is_folder or parts.scheme == "console"):
            raise ValidationError(
                "expected smtp+starttls://user:password@host, smtps://…, file:///folder, console:"
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
        raise ValidationError("its port is no number; write what is special in a password as %2F") from None


def local_url(port: int) -> str:
    """
    Return where a service of this machine is reached, where nobody said: one address, printed and signed.

    By name, for browsers bind no passkey to a number.
    """
    return f"http://localhost:{port}"


def mask_url(url: str) -> str:
    """Return the URL with its password masked."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    netloc = parts.netloc.replace(f":{parts.password}@", ":********@")
    return urlunsplit(parts._replace(netloc=netloc))
