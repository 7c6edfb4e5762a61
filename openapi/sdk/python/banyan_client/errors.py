"""What the API refuses, as exceptions: one class for each thing a program does about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

REDIRECTS = (301, 302, 303, 307, 308)


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
        errors = problem.get("errors")
        self.status = status
        self.code = str(problem.get("code") or "unknown")
        self.detail = str(problem.get("detail") or "")
        self.request_id = str(problem.get("request_id") or "")
        self.retry_after = retry_after
        # What stands between may answer anything.
        listed = errors if isinstance(errors, list) else []
        self.faults = [_to_fault(each) for each in listed if isinstance(each, dict)]
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


class Redirected(BanyanError):
    """The API is somewhere else; nothing was sent there, for it would have had the credentials."""


class Unreadable(BanyanError):
    """What came is no answer of the API: a page of something that stands between, say."""


class UploadError(Exception):
    """An upload came to nothing; `code` says why, and `media_id` of what, once it was begun."""

    def __init__(self, code: str, detail: str, media_id: str | None = None) -> None:
        """Keep why, and of what."""
        self.code = code
        self.detail = detail
        self.media_id = media_id
        super().__init__(f"{code}: {detail}")


class UnsupportedFile(UploadError):
    """It is of no type that can be uploaded."""


class FileTooLarge(UploadError):
    """It has more bytes than one of its kind may."""


class StorageRefused(UploadError):
    """The storage did not take the file; `code` is its own word for why."""


class StorageUnavailable(UploadError):
    """The storage did not answer, whatever was tried."""


class ProcessingFailed(UploadError):
    """The file arrived and is not what it should be; `code` is the media's `reason`."""


class ProcessingTimeout(UploadError):
    """The file arrived and is not ready yet; it may be named in a post all the same."""


class UploadCancelled(UploadError):
    """The caller called it off."""


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
    if response.status_code in REDIRECTS:
        return _to_redirected(response)
    try:
        problem = response.json()
    except ValueError:
        problem = {"detail": response.text[:200]}
    kind = _CLASSES.get(response.status_code, Unavailable if response.status_code >= 500 else BadRequest)
    return kind(response.status_code, problem if isinstance(problem, dict) else {}, retry_after(response))


def check_answer(response: httpx.Response) -> None:
    """
    Let a good answer pass whose body was read.

    :raises Unreadable: if it should be JSON and is not
    """
    if response.status_code in (204, 304):
        return
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/json") or not response.content:
        problem = {"code": "unreadable_answer", "detail": f"The answer is not JSON: {response.text[:200]!r}"}
        raise Unreadable(response.status_code, problem, None)


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that an answer asks to wait, if it does: as a number, or as the moment of its end."""
    sent = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", sent):
        return float(sent)
    until = _to_moment(sent)
    if until is None:
        return None
    # By the clock of who says so, if it tells: that of this machine may be wrong.
    now = _to_moment(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _to_moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _to_redirected(response: httpx.Response) -> Redirected:
    """Return what to do about a redirect, of which only the place is told, and no part that may be secret."""
    try:
        place = response.request.url.join(response.headers.get("Location", ""))
        host = f"{place.scheme}://{place.netloc.decode('ascii').rpartition('@')[2]}"
    except (httpx.InvalidURL, ValueError):
        host = "an address that cannot be read"
    detail = f"The API answered with a redirect to {host}; make the client with the API's own address."
    return Redirected(response.status_code, {"code": "redirected", "detail": detail}, None)


def _to_fault(fault: dict[str, Any]) -> Fault:
    place = fault.get("pointer") or fault.get("parameter") or fault.get("header") or ""
    return Fault(str(place), str(fault.get("code") or ""), str(fault.get("detail") or ""))
