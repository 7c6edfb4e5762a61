"""
Problems: the one place where anything that goes wrong becomes an answer (RFC 9457).

Refusals of contexts, DRF's and Django's own exceptions, what sharding says, and bugs: all leave the
service as `application/problem+json` with a stable `code`, and none shows its inside.
"""

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from django.core import exceptions as django
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions as drf

from modules.kernel import errors
from modules.kernel.errors import InputError, Refusal
from modules.kernel.http import parsing
from modules.kernel.limits import LimitReached
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.statuses import title_of
from sharding import outages
from sharding.errors import InFlight, InstanceUnavailable, KeyReused, ShardMoved
from sharding.tracebacks import tell

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="banyan"'
# What sharding says of an Idempotency-Key: code and title.
KEY_REUSED = ("idempotency_key_reused", "This Idempotency-Key was sent with another request.")
IN_FLIGHT = ("request_in_flight", "The same request is being worked on.")

# A body that Django cannot take apart.
UNREADABLE = (django.SuspiciousOperation, django.BadRequest, UnreadablePostError, MultiPartParserError)

STATUSES: dict[type[Refusal], int] = {
    parsing.BodyTooLarge: 413,
    parsing.LengthRequired: 411,
    parsing.MediaTypeUnsupported: 415,
    errors.BadRequest: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.Stale: 412,
    errors.PreconditionRequired: 428,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that an answer says about what went wrong."""

    status: int
    code: str
    title: str
    detail: str | None = None
    errors: Sequence[InputError] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    # Of a write that failed: "none" when nothing happened, "unknown" when nobody can say.
    outcome: str | None = None
    # Of a 429: which limit is used up, for the access line.
    limit: str | None = None


class MethodNotAllowed(Exception):
    """Nothing at this path answers to this method."""

    def __init__(self, allowed: Sequence[str]) -> None:
        """Keep the methods that do."""
        super().__init__("method not allowed")
        self.allowed = allowed


def status_of(kind: type[Refusal]) -> int:
    """Return the HTTP status of a refusal by the nearest kind it extends."""
    return next((STATUSES[parent] for parent in kind.__mro__ if parent in STATUSES), 400)


def to_problem(error: BaseException, request: HttpRequest | None = None) -> Problem:
    """Return what an answer says about an exception; a bug is logged here and told nobody."""
    if isinstance(error, Refusal):
        return _of_refusal(error)
    if isinstance(error, MethodNotAllowed):
        return _of_status(405, headers={"Allow": ", ".join(error.allowed)})
    if isinstance(error, drf.APIException):
        return _of_drf(error)
    known = _of_sharding(error) or _of_django(error) or _of_outage(error, request)
    if known is None:
        log.error("request_failed", exc_info=error)
    return known or _of_status(500)


def render(problem: Problem, request: HttpRequest | None) -> HttpResponse:
    """Return a problem as an answer."""
    body = {
        "type": f"/docs/errors#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "instance": request.path if request is not None else "",
        "code": problem.code,
        "errors": [error.as_json() for error in problem.errors],
        "request_id": getattr(request, "id", ""),
    }
    if problem.outcome is not None:
        body["outcome"] = problem.outcome
    response = HttpResponse(
        _dump(body), status=problem.status, content_type=CONTENT_TYPE, headers=problem.headers
    )
    if problem.status == 401 and "WWW-Authenticate" not in response.headers:
        response.headers["WWW-Authenticate"] = CHALLENGE
    response.problem_code = problem.code  # type: ignore[attr-defined]  # for the access line
    response.limit_name = problem.limit  # type: ignore[attr-defined]  # for the same
    return response


def answer(error: BaseException, request: HttpRequest) -> HttpResponse:
    """Return the answer to a request that an exception ended."""
    return render(to_problem(error, request), request)


def answer_status(status: int, request: HttpRequest, headers: Mapping[str, str]) -> HttpResponse:
    """Return the problem for a bare status, as Django's own views and middlewares give it."""
    return render(_of_status(status, headers=headers), request)


def drf_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Return the answer for a DRF view that is not one of ours."""
    request = context["request"]
    return answer(error, getattr(request, "_request", request))


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return Django's 400 as a problem."""
    return answer(exception if isinstance(exception, Exception) else django.BadRequest(), request)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return Django's 403 as a problem."""
    return answer_status(403, request, {})


def handler500(request: HttpRequest) -> HttpResponse:
    """Log what no view caught and return a problem that tells nothing of it."""
    # Django calls this while it still handles the exception.
    log.error("request_failed", exc_info=sys.exc_info())
    return answer_status(500, request, {})


def _dump(body: Mapping[str, Any]) -> bytes:
    """Return the JSON; a path or key that is no Unicode must not spoil an answer about it."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return orjson.dumps({**body, "instance": "", "errors": []})


def _of_refusal(error: Refusal) -> Problem:
    """Return the problem of a refusal."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if error.challenge is not None:
        headers["WWW-Authenticate"] = f"{CHALLENGE}, {error.challenge}"
    status = status_of(type(error))
    limit = error.state.limit.name if isinstance(error, LimitReached) else None
    return Problem(status, error.code, error.title, error.detail, error.errors, headers, limit=limit)


def _of_status(
    status: int, *, headers: Mapping[str, str] | None = None, detail: str | None = None
) -> Problem:
    """Return the problem of a bare status."""
    code, title = title_of(status)
    return Problem(status, code, title, detail, headers=headers or {})


def _of_drf(error: drf.APIException) -> Problem:
    """Return the problem of one of DRF's exceptions, with the headers that DRF would send."""
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    elif isinstance(error, drf.AuthenticationFailed):
        # RFC 6750, 3.1: who sent nothing is told no error, who sent something dead is.
        headers["WWW-Authenticate"] = f'{CHALLENGE}, error="invalid_token"'
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    status = error.status_code
    if isinstance(error, drf.AuthenticationFailed | drf.NotAuthenticated):
        status = 401
    return _of_status(
        status, headers=headers, detail=str(error.detail) if isinstance(error.detail, str) else None
    )


def _of_django(error: BaseException) -> Problem | None:
    """Return the problem of one of Django's exceptions."""
    if isinstance(error, Http404):
        return _of_status(404)
    if isinstance(error, django.PermissionDenied):
        return _of_status(403)
    if isinstance(error, django.RequestDataTooBig):
        return _of_status(413)
    if isinstance(error, UNREADABLE):
        return _of_status(400)
    return None


def _of_sharding(error: BaseException) -> Problem | None:
    """Return the problem of what sharding says to a caller."""
    if isinstance(error, KeyReused):
        return Problem(422, *KEY_REUSED)
    if isinstance(error, InFlight):
        return Problem(409, *IN_FLIGHT, headers={"Retry-After": "1"})
    if isinstance(error, ShardMoved):
        title = errors.Unavailable.title
        return Problem(503, "unavailable", title, headers={"Retry-After": "1"}, outcome="none")
    return None


def _of_outage(error: BaseException, request: HttpRequest | None) -> Problem | None:
    """Return the problem of a server behind us that does not answer."""
    if isinstance(error, DataError):
        log.error("value_refused_by_database", exc_info=error)
        return _of_status(400)
    if not isinstance(error, InstanceUnavailable | OperationalError | InterfaceError | RedisUnavailable):
        return None
    reads = request is None or request.method in ("GET", "HEAD", "OPTIONS")
    outcome = None if reads else getattr(error, "outcome", "unknown")
    if (server := outages.server_of(error)) is not None:
        outages.met(server, error)
    else:  # a lock or a statement that took too long
        log.warning("database_gave_up", reason=tell(error), outcome=outcome)
    return Problem(
        503, "unavailable", errors.Unavailable.title, headers={"Retry-After": "2"}, outcome=outcome
    )
