"""
The addresses to which an app has its users sent back.

A code is sent there, so an address must mean the same to whoever reads it: to us (RFC 3986), to a browser
(WHATWG's URL), and to the library that compares. What they read apart is refused, with what to send instead.
"""

import ipaddress
import re
from typing import Annotated, LiteralString
from urllib.parse import unquote, urlsplit

import idna
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

# RFC 3986, 2, less what is wrong by itself: `#` is a fragment, `*` would be a wildcard.
ADDRESS = re.compile(r"(?:[A-Za-z0-9._~:/?\[\]@!$&'()+,;=-]|%[0-9A-Fa-f]{2})+")
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")
_NETLOC = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\[\]:]*)(?::(?P<port>[1-9][0-9]{0,4}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
# A last label that browsers take for a number makes the whole an IPv4 address: `127.1`, `0x7f.1`.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_DOTS = (".", "..")


def check_redirect(uri: str) -> str:
    """Return the address if a code may be sent there: over TLS, to this device, or to an app of its own."""
    if not ADDRESS.fullmatch(uri):
        raise _unsafe("Send an address in ASCII: without fragment, blank, backslash or wildcard.")
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        raise _unsafe("Send an address with a host that there is.") from None
    is_own_scheme = "." in parts.scheme
    is_loopback = parts.scheme == "http" and host in _LOOPBACK
    is_web = parts.scheme == "https" and bool(host)
    if not (is_own_scheme or is_loopback or is_web):
        raise _unsafe("Send https://…, http://127.0.0.1…, or a scheme of your own with a dot in it.")
    if "@" in parts.netloc:
        raise _unsafe("Send an address without a user.")
    if not _is_netloc(parts.netloc):
        raise _unsafe("Send an address with a host that there is, and a port from 1 to 65535 or none.")
    if host and not is_own_scheme and not _is_host(host):
        raise _unsafe("Send a host as DNS knows it, or an IP address as it is commonly written.")
    if any(unquote(step) in _DOTS for step in parts.path.split("/")):
        raise _unsafe("Send an address without steps of dots.")
    return uri


def to_canonical(uri: str) -> str:
    """Return the one form of all ways to write an address that was checked (RFC 3986, 6.2.2 and 6.2.3)."""
    parts = urlsplit(uri)
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    path = parts.path or ("/" if parts.scheme in _DEFAULT_PORTS else "")
    query = "".join(uri.partition("?")[1:])
    return f"{parts.scheme}://{parts.hostname or ''}{port}{_ESCAPED.sub(_unescape, path + query)}"


def _unescape(found: re.Match[str]) -> str:
    """Return the letter that needs no escape, or else the escape in capitals."""
    letter = chr(int(found[1], 16))
    return letter if _UNRESERVED.fullmatch(letter) else found[0].upper()


def _unsafe(hint: LiteralString) -> PydanticCustomError:
    return PydanticCustomError("redirect_unsafe", hint)


def _is_netloc(netloc: str) -> bool:
    """Return whether there is a host as it is commonly written, followed by nothing or by a port."""
    found = _NETLOC.fullmatch(netloc)
    return found is not None and int(found["port"] or 0) <= 65_535


def _is_host(host: str) -> bool:
    """Return whether a browser would look for a host under this very name."""
    labels = host.split(".")
    if ":" in host or _NUMBER.fullmatch(labels[-1]):
        return _is_ip(host)
    return len(host) <= 253 and all(_LABEL.fullmatch(label) and _is_idna(label) for label in labels)


def _is_ip(host: str) -> bool:
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        return False


def _is_idna(label: str) -> bool:
    """Return whether a label that says it stands for one of other letters does (RFC 5891)."""
    if not label.startswith("xn--"):
        return True
    try:
        return idna.alabel(idna.ulabel(label)).decode() == label
    except UnicodeError:
        return False


RedirectUri = Annotated[
    str, Field(max_length=500, pattern=r"^[^\x00-\x20]+$"), AfterValidator(check_redirect)
]
