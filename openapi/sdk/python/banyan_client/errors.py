"""What the API refuses, as exceptions: one class for each thing a program does about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was sent; `place` is a JSON pointer, a parameter or a header."""

    place: str
    code: str
    detail: str


class BanyanError(Exception):
    """An answer that is a problem (RFC 9457); `code` is stable, `request_id` is what support asks for."""

    def __init__(self, status: int, problem: dict[str, Any], retry_after: float | None) -> None:
        """Keep what the answer says."""
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail", ""))
        self.request_id = str(problem.get("request_id", ""))
        self.retry_after = retry_after
        self.faults = [_to_fault(each) for each in problem.get("errors", [])]
        super().__init__(f"{status} {self.code}: {self.detail}")


class BadRequest(BanyanError):
    """What was sent cannot be read; `faults` says where."""


class Unauthorized(BanyanError):
    """Log in (again)."""


class Forbidden(BanyanError):
    """The credentials do not reach this far."""


class NotFound(BanyanError):
    """There is no such thing, or the caller may not know of it."""


class Conflict(BanyanError):
    """The state of things stands against it."""


class Stale(BanyanError):
    """Somebody changed it meanwhile: fetch it again (412), or say what was seen (428)."""


class Invalid(BanyanError):
    """A rule of the product is broken."""


class RateLimited(BanyanError):
    """A limit is reached; `retry_after` says for how many seconds."""


class Unavailable(BanyanError):
    """A part of the service did not answer, whatever was tried."""


_CLASSES: dict[int, type[BanyanError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Stale,
    422: Invalid,
    428: Stale,
    429: RateLimited,
}


def to_error(response: httpx.Response) -> BanyanError:
    """Return the exception of an answer whose body was read."""
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": response.text[:200]}
    kind = _CLASSES.get(response.status_code, Unavailable if response.status_code >= 500 else BadRequest)
    return kind(response.status_code, problem if isinstance(problem, dict) else {}, retry_after(response))


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that an answer asks to wait, if it does."""
    sent = response.headers.get("Retry-After", "")
    return float(sent) if sent.isdigit() else None


def _to_fault(fault: dict[str, str]) -> Fault:
    place = fault.get("pointer", fault.get("parameter", fault.get("header", "")))
    return Fault(place, fault.get("code", ""), fault.get("detail", ""))
