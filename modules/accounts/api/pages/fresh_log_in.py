"""
That somebody has just logged in for what an app asks: `prompt=login` and `max_age` want it anew each time.

It stands in the session that the log-in has opened, names the one request for which the form was shown, and
is gone once that was answered. An address proves nothing, whoever was sent to it.
"""

import hashlib
import time

from django.http import HttpRequest

FRESH = "fresh_log_in"
# The form leads on at once.
TTL_S = 300


def note_log_in(request: HttpRequest, target: str | None) -> None:
    """Note for which request somebody has logged in just now; an earlier note is worth nothing any more."""
    request.session.pop(FRESH, None)
    if target is not None:
        request.session[FRESH] = {"for": _digest(target), "at": time.time()}


def take_log_in(request: HttpRequest, target: str) -> bool:
    """Return whether somebody has just logged in for this request; asked again, they have not."""
    noted = request.session.get(FRESH)
    if noted is None or noted["for"] != _digest(target):
        return False
    del request.session[FRESH]
    return bool(time.time() - noted["at"] <= TTL_S)


def _digest(target: str) -> str:
    return hashlib.sha256(target.encode()).hexdigest()
