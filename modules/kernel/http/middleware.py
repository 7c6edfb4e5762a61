"""The one middleware: a name for every request, one line about it, and the headers that no answer lacks."""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from structlog.contextvars import bind_contextvars, reset_contextvars

from modules.kernel import cors
from modules.kernel.errors import HeaderInvalid, InputError
from modules.kernel.http import limiting, parsing, problems
from modules.kernel.limits import LimitReached
from sharding.backend import deadline

log = structlog.get_logger("access")

# Host headers that were allowed once in this process.
_known_hosts: set[str | None] = set()
_MAX_KNOWN = 100
_OF_HEALTH = ("/healthz", "/readyz")
_LONGEST_PATH = 200
_REFUSED_AT_ONCE = (LimitReached, HeaderInvalid, parsing.BodyTooLarge, parsing.MediaTypeUnsupported)
_SANE_ID = re.compile(r"[A-Za-z0-9_.-]{1,128}")

# Milliseconds from which a request is worth a look, and who hears of each that took so long.
SLOW_MS = 500.0
on_slow: list[Callable[[HttpRequest, HttpResponse, float], None]] = []

# Unless a view says otherwise: an API answers nothing that a browser should run, frame, guess at or keep.
_HEADERS = {
    name.lower(): (name, value)
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }.items()
}


class RequestEdge:
    """Wraps everything else; it must be the first middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, name it, and log it in one line."""
        started = time.perf_counter_ns()
        request_id = _name(request)
        bound = bind_contextvars(request_id=request_id)
        try:
            with deadline.within(settings.SHARDING.request_wait_ms / 1000):
                response = self._answer(request)
            limiting.add_headers(request, response)
            _add_headers(response, request_id)
            if "HTTP_ORIGIN" in request.META or settings.CORS.origins:
                cors.add_headers(request, response)
            _log(request, response, (time.perf_counter_ns() - started) / 1e6)
            return response
        finally:
            reset_contextvars(**bound)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, unless its head is wrong or its address has had its share."""
        preflight = cors.answer_preflight(request) if request.method == "OPTIONS" else None
        try:
            if preflight is None:
                limiting.admit(request)
            _check_host(request)
            if not limiting.counts_itself(request.path_info):
                parsing.check_length(request)
                parsing.check_media_type(request)
        except _REFUSED_AT_ONCE as refusal:
            return problems.answer(refusal, request)
        return preflight or _as_problem(self._get_response(request), request)


def _check_host(request: HttpRequest) -> None:
    """
    Refuse what was meant for somebody else's host, as Django does only where it needs the name.

    Who starts and stops processes asks for their health by their address.

    :raises HeaderInvalid: if it names another host
    """
    host = request.META.get("HTTP_HOST")
    if host in _known_hosts or request.path_info in _OF_HEALTH:
        return
    try:
        request.get_host()
    except DisallowedHost:
        hint = "This host is not served here; BANYAN_ALLOWED_HOSTS lists those that are."
        raise HeaderInvalid(errors=[InputError(None, "host_unknown", hint, header="Host")]) from None
    if len(_known_hosts) < _MAX_KNOWN:
        _known_hosts.add(host)


def _name(request: HttpRequest) -> str:
    """Return the id that a proxy gave the request, if it is a sane one, or a new one."""
    sent = request.META.get("HTTP_X_REQUEST_ID", "")
    request_id = sent if _SANE_ID.fullmatch(sent) else os.urandom(12).hex()
    request.id = request_id  # type: ignore[attr-defined]
    return request_id


def _as_problem(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Return a problem in place of an error page, which Django's and others' views still make."""
    if response.status_code < 400 or getattr(response, "is_page", False):
        return response
    if "json" in response.headers.get("Content-Type", ""):
        return response
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    problem = problems.answer_status(response.status_code, request, headers)
    problem.cookies = response.cookies
    return problem


def _add_headers(response: HttpResponse, request_id: str) -> None:
    """Set the headers that the view has not."""
    # Straight into the mapping's store: the public way checks and encodes each value anew, 2 us a header.
    store = response.headers._store
    for name, pair in _HEADERS.items():
        store.setdefault(name, pair)
    store["x-request-id"] = ("X-Request-Id", request_id)
    if not response.streaming and response.status_code not in (204, 304):
        # Without a length gunicorn sends chunks, one write more for each answer.
        store.setdefault("content-length", ("Content-Length", str(len(response.content))))


def _find_route(request: HttpRequest) -> ResolverMatch | None:
    """Return where a request went that was refused before: its path may hold a token, as mailed links do."""
    with suppress(Resolver404):
        return resolve(request.path_info)
    return None


def _log(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    """Write the access line: no query string, no body, no credentials, and never a failure."""
    if response.status_code == 200 and request.path_info in _OF_HEALTH:
        return  # every few seconds, of every process: noise
    if milliseconds >= SLOW_MS:
        for hear in on_slow:
            hear(request, response, milliseconds)
    match = request.resolver_match
    if match is None and response.status_code != 404:
        match = _find_route(request)
    line = {
        "method": request.method,
        "route": match.route if match else None,
        "status": response.status_code,
        "ms": round(milliseconds, 2),
    }
    if match is None:
        # Quoted: whoever writes a path must write no line of the log.
        line["path"] = quote(request.path_info, errors="replace")[:_LONGEST_PATH]
    viewer_id = getattr(request, "viewer_id", None)
    if viewer_id is not None:
        line["user_id"] = str(viewer_id)
    code = getattr(response, "problem_code", None)
    if code is not None:
        line["code"] = code
        if (limit := getattr(response, "limit_name", None)) is not None:
            line["limit"] = limit
    # A full disk or a closed pipe must not fail a request.
    with suppress(Exception):
        log.info("request", **line)
