"""What a process of the API tells: of itself, its errors, and the requests that took long."""

from django.http import HttpRequest, HttpResponse

from config.operations import observers, reports
from config.request_names import name_of
from modules.kernel.http import middleware


def begin() -> None:
    """Have this process tell."""
    if _note_slow not in middleware.on_slow:
        middleware.on_slow.append(_note_slow)
    observers.begin("api")


def _note_slow(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    match = request.resolver_match
    reports.note_slow(
        {
            "at": observers.now(),
            "process": observers.process(),
            "operation": name_of(match, request.method or ""),
            "status": response.status_code,
            "milliseconds": round(milliseconds, 1),
            "request_id": getattr(request, "id", ""),
        }
    )
