"""A span for each request, named by its operation; it is in MIDDLEWARE only where traces are asked for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from config.request_names import METHODS, name_of
from config.tracing import proxy
from config.tracing.spans import Spanning

# Every few seconds, of every process: noise.
_OF_HEALTH = frozenset({"/healthz", "/readyz"})


class Traced:
    """Wraps everything."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes after."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; it belongs to the proxy's trace, where one is trusted."""
        if request.path_info in _OF_HEALTH:
            return self._get_response(request)
        method = request.method if request.method in METHODS else "other"
        with proxy.spanning(request), Spanning(method or "", SpanKind.SERVER) as span:
            response = self._get_response(request)
            if span.is_recording():
                _describe(span, request, response, method or "")
        return response


def _describe(span: Span, request: HttpRequest, response: HttpResponse, method: str) -> None:
    """Note what it was and how it ended: no path, query, header, body or person."""
    match = request.resolver_match
    span.update_name(name_of(match, method))
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("banyan.request_id", getattr(request, "id", ""))
    if match is not None:
        span.set_attribute("http.route", match.route or "/")
    if (code := getattr(response, "problem_code", None)) is not None:
        span.set_attribute("banyan.problem", code)
    if response.status_code >= 500:
        span.set_status(Status(StatusCode.ERROR))
