"""What a process of the API tells: of itself, its errors, and the requests that took long."""

from django.http import HttpRequest, HttpResponse

from config.operations import observers, reports
from config.request_names import name_of
from modules.kernel.http import middleware

# While a server hangs each look takes long, and would fill the list of what does.
_LOOK = "get_operations_status"


def begin() -> None:
    """Have this process tell."""
    if _note_slow not in middleware.on_slow:
        middleware.on_slow.append(_note_slow)
    observers.begin("api")


def _note_slow(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    operation = name_of(request.resolver_match, request.method or "")
    if operation == _LOOK:
        return
    reports.note_slow(
        {
            "at": observers.now(),
            "process": observers.process(),
            "operation": operation,
            "status": response.status_code,
            "milliseconds": round(milliseconds, 1),
            "request_id": getattr(request, "id", ""),
        }
    )
