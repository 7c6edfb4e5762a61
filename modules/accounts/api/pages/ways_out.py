"""
Where the forms of hosted pages may lead: the `form-action` of their policy.

Browsers hold to it not only the address of a form but every redirect after it. A log-in leads to the consent
page, which may send its user on to the app at once: with a code, or with what the app asked wrongly. So every
page that stands on the way to an app allows what the app has registered, and nothing else: wherever a user is
sent, it is one of these addresses.
"""

import re
from urllib.parse import parse_qs, urlsplit

from allauth.idp.oidc.models import Client

MAX_ID = 100
# What a host may be in a policy (CSP 3, 2.3.1); there is no way to write an IPv6 address.
HOST = re.compile(r"[A-Za-z0-9.-]+")
LOOPBACK = ("127.0.0.1", "localhost")


def find_app(app_id: str) -> Client | None:
    """Return an app by what may be its id."""
    if not app_id or len(app_id) > MAX_ID or not app_id.isprintable():
        return None
    return Client.objects.filter(id=app_id).first()


def find_asking_app(target: str) -> Client | None:
    """Return the app that a consent page is asked for by this address."""
    sent = parse_qs(urlsplit(target).query)
    return find_app(sent.get("client_id", [""])[0])


def form_action(app: Client | None) -> str:
    """Return the sources of a policy that let a form of ours lead to an app."""
    registered = [] if app is None else [*app.get_redirect_uris(), *app.get_post_logout_redirect_uris()]
    return " ".join(["'self'", *dict.fromkeys(source_of(uri) for uri in registered)])


def source_of(uri: str) -> str:
    """Return an address as a source of a policy: its host, or its scheme where a policy can name no host."""
    parts = urlsplit(uri)
    host = _host_of(parts.hostname or "") if parts.scheme in ("http", "https") else None
    if host is None:
        return f"{parts.scheme}:"
    if host in LOOPBACK:
        # Any port of this device will do (RFC 8252, 7.3).
        return f"{parts.scheme}://{host}:*"
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


def _host_of(name: str) -> str | None:
    """Return a host as browsers compare it, or None if a policy cannot name it."""
    try:
        host = name.encode("idna").decode()
    except UnicodeError:
        return None
    return host if HOST.fullmatch(host) else None
