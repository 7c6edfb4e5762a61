"""
The parameters of OAuth's endpoints: each at most once, readable, and none but those that are known.

What is not known is dropped before the library sees it (RFC 6749, 3.1 and 3.2): it takes any name for an
attribute of its own request, `user` and `scopes` among them.
"""

import base64
import binascii
import re
from collections.abc import Collection
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict

from modules.accounts.schemas.addresses import ADDRESS

MAX_PARAMETER = 2000
# RFC 7636, 4.1 and 4.2.
PROOF = re.compile(r"[A-Za-z0-9._~-]{43,128}")
# RFC 8707 lets it come several times.
MAY_REPEAT = ("resource",)


class Wrong(Exception):
    """A request that OAuth has an error code for."""

    def __init__(self, error: str, detail: str, *, status: int = 400) -> None:
        """Keep what to say; of the detail RFC 6749 allows printable ASCII but quotes and backslash."""
        super().__init__(error)
        self.error, self.detail, self.status = error, detail, status


def check_readable(sent: QueryDict, names: Collection[str]) -> None:
    """
    Look at the parameters of these names; others are nobody's business.

    :raises Wrong: if one was sent twice, or holds what no honest one does
    """
    for name in names:
        values = sent.getlist(name)
        if len(values) > 1 and name not in MAY_REPEAT:
            raise Wrong("invalid_request", f"Send {name} once.")
        if any(is_odd(str(value)) for value in values):
            raise Wrong("invalid_request", f"{name} cannot be read.")


def keep(sent: QueryDict, names: Collection[str]) -> QueryDict:
    """Return those of these names that say something; an empty one counts as left out."""
    kept = QueryDict(mutable=True)
    for name in names:
        if sent.get(name):
            kept[name] = " ".join(words_of(sent, name)) if name == "scope" else str(sent[name])
    return kept


def to_query(said: dict[str, str]) -> QueryDict:
    """Return parameters as a query."""
    query = QueryDict(mutable=True)
    query.update(said)
    return query


def words_of(sent: QueryDict, name: str) -> list[str]:
    """Return the words of a list of words, each once."""
    return list(dict.fromkeys(sent.get(name, "").split()))


def is_odd(text: str) -> bool:
    """Return whether a value is too long to be meant, or was no UTF-8, or cannot be printed."""
    return len(text) > MAX_PARAMETER or not text.isprintable() or "\ufffd" in text


def check_resources(sent: QueryDict) -> None:
    """
    Take this API for the one resource that there is (RFC 8707).

    :raises Wrong: if another is named
    """
    for uri in sent.getlist("resource"):
        if str(uri) != settings.PUBLIC_URL and not str(uri).startswith(f"{settings.PUBLIC_URL}/"):
            raise Wrong("invalid_target", f"There is one resource here: {settings.PUBLIC_URL}")


def check_address(uri: str) -> None:
    """
    Look at an address before the library takes it apart.

    :raises Wrong: if it has no parts, or letters that no address is made of
    """
    if uri and not ADDRESS.fullmatch(uri):
        raise Wrong("invalid_request", "The address to go on to cannot be read.")
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - it is read when it is asked for
    except ValueError as error:
        raise Wrong("invalid_request", "The address to go on to cannot be read.") from error


def read_basic(header: str) -> tuple[str, str] | None:
    """
    Return id and secret of an app from its header, decoded as a form is (RFC 6749, 2.3.1); None if absent.

    :raises Wrong: if there is such a header and it cannot be read
    """
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        app_id, colon, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise _unreadable() from error
    app_id, secret = unquote_plus(app_id), unquote_plus(secret)
    if not (colon and app_id and secret) or is_odd(app_id) or is_odd(secret):
        raise _unreadable()
    return app_id, secret


def _unreadable() -> Wrong:
    return Wrong("invalid_client", "The header Authorization cannot be read.", status=401)


def use_query(request: HttpRequest, sent: QueryDict) -> None:
    """Have the library see this query and no other; it reads both."""
    request.META["QUERY_STRING"] = sent.urlencode()
    request.GET = sent  # type: ignore[assignment]


def use_form(request: HttpRequest, sent: QueryDict) -> None:
    """Have the library see this form, and nothing of what the address holds."""
    use_query(request, QueryDict())
    request.POST = sent  # type: ignore[assignment]


def is_registered(uri: str, registered: Collection[str]) -> bool:
    """Return whether an address is registered; of this device any port will do (RFC 8252, 7.3)."""
    if uri in registered:
        return True
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "::1") or port is None:
        return False
    bare = _without_port(uri)
    return any(_without_port(known) == bare for known in registered)


def _without_port(uri: str) -> str:
    """Return an address without its port; what looks like one may stand in an IPv6 address as well."""
    parts = urlsplit(uri)
    return uri.replace(parts.netloc, parts.netloc.removesuffix(f":{parts.port}"), 1)


def added_to(uri: str, target: str) -> dict[str, str]:
    """Return what the query of an address says beyond that of the registered one, which may say anything."""
    registered, said = (parse_qsl(urlsplit(text).query, keep_blank_values=True) for text in (uri, target))
    return dict(said[len(registered) :])


def add_query(uri: str, said: dict[str, str]) -> str:
    """Return an address with more in its query; what is there stays, to the letter (RFC 6749, 3.1.2)."""
    joint = "&" if urlsplit(uri).query else "" if uri.endswith("?") else "?"
    return f"{uri}{joint}{to_query(said).urlencode()}"
