"""What values of environment variables have to look like; each check says what would be right."""

from __future__ import annotations

import re
from collections.abc import Collection
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from environs import ValidationError

_NAME = r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_NAME}|\[[0-9a-f:.]+\])", re.IGNORECASE)
_ALLOWED = re.compile(rf"(?:\*|\.?{_NAME}|\[[0-9a-f:.]+\])", re.IGNORECASE)
_LISTENED_ON = re.compile(rf"(?:{_NAME}|[0-9a-f:.]+)", re.IGNORECASE)
# What PostgreSQL takes as a number of milliseconds.
MAX_MS = 2**31 - 1
MAX_PROCESSES = 1_000
MAX_COUNT = 10**9
_PORTS = {"http": 80, "https": 443}
# What BANYAN_METRICS=on means: nobody but this machine.
METRICS_ADDRESS = "127.0.0.1:9470"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def is_web_address(url: str) -> bool:
    """Return whether a URL is http[s]://host[:port][/path] and nothing beside."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and not (
        parts.query or parts.fragment or "@" in parts.netloc
    )
    hostname = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    is_clean = not re.search(r"[\s\\<>\"]", url) and not parts.netloc.endswith(":")
    return is_whole and is_clean and port != 0 and _HOST.fullmatch(hostname) is not None


def read_address(url: str, *, is_needed: bool = False) -> str:
    """
    Return a web address without a slash at its end, or nothing where nothing was said and that may be.

    :raises ValidationError: if it is none
    """
    if not is_web_address(url) and (url or is_needed):
        raise ValidationError("expected https://api.example.org, with a port where it is another")
    return url.rstrip("/")


def check_hosts(hosts: list[str]) -> None:
    """:raises ValidationError: naming the first that is no host"""
    for host in hosts:
        if not _ALLOWED.fullmatch(host):
            raise ValidationError(
                f"expected api.example.org,.example.org without scheme and port; not {host!r}"
            )


def is_origin(text: str) -> bool:
    """Return whether a text is an origin as browsers write it, for they are compared as texts."""
    if not is_web_address(text):
        return False
    parts = urlsplit(text)
    is_usual = parts.port == _PORTS[parts.scheme]
    port = "" if parts.port is None or is_usual else f":{parts.port}"
    host = parts.netloc.lower() if parts.port is None else parts.netloc.lower().rpartition(":")[0]
    return text == f"{parts.scheme}://{host}{port}"


def check_origins(origins: list[str]) -> None:
    """:raises ValidationError: naming the first that is no origin; a star may stand for its first part"""
    for origin in origins:
        if not is_origin(origin.replace("://*.", "://any.", 1)):
            raise ValidationError(f"expected https://app.example.org,https://*.example.org; not {origin!r}")


def check_listened_on(host: str) -> None:
    """:raises ValidationError: unless one can listen there"""
    if not _LISTENED_ON.fullmatch(host):
        raise ValidationError("expected 127.0.0.1, 0.0.0.0, :: or a name")


def read_metrics_address(text: str) -> str:
    """
    Return where the API tells its metrics, or nothing; others use the three ports after it.

    :raises ValidationError: if it is neither off, nor on, nor where one can listen
    """
    if text == "off":
        return ""
    host, _, port = METRICS_ADDRESS.rpartition(":") if text == "on" else text.rpartition(":")
    if not _LISTENED_ON.fullmatch(host.strip("[]")) or not re.fullmatch("[1-9][0-9]{0,4}", port):
        raise ValidationError(f"expected off, on (which is {METRICS_ADDRESS}) or an address like that")
    read_number(port, least=1, most=65532)
    return f"{host}:{port}"


def read_ratio(text: str | float) -> float:
    """
    Return a share of the whole.

    :raises ValidationError: if it is none
    """
    if not re.fullmatch(r"0|1|[01]\.0|0\.[0-9]{1,6}", str(text)):
        raise ValidationError("expected a share of the whole, from 0 to 1, as 0.05")
    return float(text)


def check_dsn(dsn: str) -> None:
    """:raises ValidationError: unless it is empty or as Sentry writes it; nothing of it is repeated"""
    key, at, rest = dsn.partition("@")
    scheme, _, public = key.partition("://")
    is_whole = at and re.fullmatch(r"[0-9A-Za-z]+", public) and is_web_address(f"{scheme}://{rest}")
    if dsn and not (is_whole and re.search(r"/[0-9]+$", rest)):
        raise ValidationError("expected https://<key>@<host>/<number of the project>")


def check_label(label: str) -> None:
    """:raises ValidationError: unless it is empty or a short name, of a release or an environment"""
    if label and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,63}", label):
        raise ValidationError("expected a name of letters, digits and . _ + @ -, at most 64 of them")


def check_domain(domain: str) -> None:
    """:raises ValidationError: unless it is empty or a name"""
    if domain and not re.fullmatch(_NAME, domain, re.IGNORECASE):
        raise ValidationError("expected example.org, without scheme and port")


def read_number(text: str | int, *, least: int, most: int) -> int:
    """
    Return a number that is written as people write it: `1_0` and `٨` are more often mistakes than numbers.

    :raises ValidationError: if it is none, or out of its bounds
    """
    if isinstance(text, int):
        return text
    if not re.fullmatch("-?[0-9]{1,19}", text.strip(" ")) or not least <= int(text) <= most:
        raise ValidationError(f"expected a number from {least} to {most}, in digits")
    return int(text)


def check_unique(names: Collection[str]) -> None:
    """:raises ValidationError: naming the first that stands there twice"""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValidationError(f"{name} is there twice")
        seen.add(name)


def check_reactions(names: list[str]) -> None:
    """:raises ValidationError: unless they are names that can stand in paths, each once, of 1 to 20 types"""
    check_unique(names)
    if not 0 < len(names) <= 20 or not all(re.fullmatch("[a-z0-9_]{1,20}", name) for name in names):
        raise ValidationError("expected like,love,…: 1 to 20 names of at most 20 letters a-z, digits and _")


def check_key(key: str) -> None:
    """:raises ValidationError: if it can be guessed by its length, or is one letter over and over"""
    if len(key.strip()) < 32 or len(set(key)) < 5:
        raise ValidationError("expected 32 random characters or more, as `openssl rand -base64 48` prints")


def check_keys(keys: list[str]) -> None:
    """:raises ValidationError: if one could never have been a key here; none is repeated"""
    if any(len(key) < 32 for key in keys):
        raise ValidationError("expected earlier values of BANYAN_SECRET_KEY, of 32 characters or more each")


def unfold(pem: str) -> str:
    """Return a PEM whose lines were joined by `\\n`, since a variable is one line."""
    return pem.replace("\\n", "\n")


def check_pem(pem: str) -> None:
    """:raises ValidationError: if it is there and no RSA key that ID tokens may be signed with"""
    if not pem:
        return
    # Loaded only by who has one: it takes a thirtieth of a second.
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(unfold(pem).encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ValidationError("expected the PEM of an RSA key, as `openssl genrsa 2048` prints") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise ValidationError("expected an RSA key of 2048 bits or more")


def check_pems(pems: list[str]) -> None:
    """:raises ValidationError: if one is no such key"""
    for pem in pems:
        check_pem(pem)


def check_push_key(pem: str) -> None:
    """:raises ValidationError: if it is there and no key of P-256, which browsers ask for"""
    if not pem:
        return
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    hint = "expected the PEM of a P-256 key, as `openssl ecparam -name prime256v1 -genkey -noout` prints"
    try:
        key = load_pem_private_key(unfold(pem).encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ValidationError(hint) from error
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValidationError(hint)


def check_token(text: str) -> None:
    """:raises ValidationError: if it cannot stand in a header"""
    if not re.fullmatch("[!-~]*", text):
        raise ValidationError("expected printable ASCII without spaces")


def check_netlocs(hosts: list[str]) -> None:
    """:raises ValidationError: unless each is a host, with its port if it has one"""
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9.-]+(:[1-9][0-9]{0,4})?", host):
            raise ValidationError(f"expected push.example.org or 127.0.0.1:8440, not {host!r}")


def check_title(text: str) -> None:
    """:raises ValidationError: if it cannot stand in a line of a mail"""
    if not 0 < len(text.strip()) <= 64 or not text.isprintable():
        raise ValidationError("expected one line of 1 to 64 characters")


def check_sender(text: str) -> None:
    """:raises ValidationError: unless it is a name with an address, or an address"""
    address = parseaddr(text)[1]
    if not text.isprintable() or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValidationError("expected Banyan <noreply@example.org>")


def read_folder(path: str | Path) -> Path:
    """
    Return a folder, which need not be there yet.

    :raises ValidationError: if something else is there, or nothing was said
    """
    if path == "":
        raise ValidationError("expected a folder")
    folder = next(each for each in (Path(path), *Path(path).parents) if each.exists())
    if not folder.is_dir():
        raise ValidationError(f"expected a folder, or where one can be made; {folder} is none")
    return Path(path)


def check_static_url(url: str) -> None:
    """:raises ValidationError: unless it is empty, a path or an address, with a slash at its end"""
    is_path = re.fullmatch(r"/(?:\w[\w.-]*/)+", url) is not None
    if url and not is_path and not (is_web_address(url) and url.endswith("/")):
        raise ValidationError("expected /static/ or https://cdn.example.org/static/, with a slash at its end")
