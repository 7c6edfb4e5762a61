"""Counts and times requests; outermost, so that what the edge refuses is counted too."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from config.metrics import instruments
from config.request_names import METHODS, name_of


class Measured:
    """Wraps everything; it is in MIDDLEWARE only where metrics are asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self._get_response = get_response
        # Looking for a series by its labels takes longer than counting; there are as many as may be told.
        self._series: dict[tuple[object, str, int], tuple[Counter, Histogram]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request and note what it was, how it ended and how long it took."""
        started = time.perf_counter()
        instruments.IN_PROGRESS.inc()
        try:
            response = self._get_response(request)
        finally:
            instruments.IN_PROGRESS.dec()
        count, seconds = self._series_of(request, response.status_code)
        count.inc()
        seconds.observe(time.perf_counter() - started)
        return response

    def _series_of(self, request: HttpRequest, status: int) -> tuple[Counter, Histogram]:
        """Return what counts and what times requests like this one."""
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        key = (None if match is None else match.func, method or "", status)
        found = self._series.get(key)
        if found is None:
            name = name_of(match, key[1])
            count, seconds = (
                instruments.REQUESTS.labels(name, status),
                instruments.REQUEST_SECONDS.labels(name),
            )
            found = self._series[key] = count, seconds
        return found
