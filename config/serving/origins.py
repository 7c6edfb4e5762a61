"""Whose pages may open sockets: the service's own, those of its front ends, and of who is listed for CORS."""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host


class OriginGuard:
    """
    Refuses with 403 whoever names no origin, or a foreign one, before anything else is looked at.

    A program that is no browser names the service itself. Channels' own validator reads patterns; origins
    here are what CORS compares, text by text.
    """

    def __init__(self, application: Any) -> None:
        """Keep what the others are let in to."""
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let somebody in or refuse them."""
        allowed = is_allowed(dict(scope["headers"]))
        await (self._application if allowed else WebsocketDenier())(scope, receive, send)


def is_allowed(headers: dict[bytes, bytes]) -> bool:
    """Return whether whoever sent these headers may open a socket."""
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin in settings.REALTIME.origins:
        return True
    # Also where nothing is set: a page of the very host that it asks.
    parts, host = urlsplit(origin), headers.get(b"host", b"").decode("latin-1")
    domain = split_domain_port(host)[0]
    return bool(parts.netloc) and parts.netloc == host and validate_host(domain, settings.ALLOWED_HOSTS)
