"""Django's check of forms and cookies against forgery, asked for its reason instead of an answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


class _Forgery(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _no_response(request: HttpRequest) -> HttpResponse:
    raise AssertionError("The check never answers.")


_forgery = _Forgery(_no_response)


def find_forgery(request: HttpRequest) -> str | None:
    """Return why the browser's own page may not have sent a request, or None if it has."""
    _forgery.process_request(request)
    reason: Any = _forgery.process_view(request, _no_response, (), {})
    return None if reason is None else str(reason)
