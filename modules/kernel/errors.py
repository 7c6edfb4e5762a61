"""
Refusals: what a context says when it will not do what was asked.

A refusal knows its situation (`code`, `title`) and its kind (the class it extends); which HTTP
status a kind becomes is decided once, in `kernel/http/problems.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class InputError:
    """One thing wrong with what was sent: in the body (a JSON pointer), a parameter or a header."""

    pointer: str | None
    code: str
    detail: str
    parameter: str | None = None
    header: str | None = None

    def as_json(self) -> dict[str, str]:
        """Return the error as a member of a problem's `errors`, without what does not apply."""
        place = {"pointer": self.pointer, "parameter": self.parameter, "header": self.header}
        return {name: text for name, text in place.items() if text is not None} | {
            "code": self.code,
            "detail": self.detail,
        }


class Refusal(Exception):
    """The base of all refusals; contexts extend one of the kinds below, never this."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused."
    # What WWW-Authenticate says beside the realm, if other credentials would help.
    challenge: str | None = None

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[InputError] = (),
        retry_after: int | None = None,
    ) -> None:
        """Keep a detail for the reader, the errors found and when to come back, in seconds."""
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


class BadRequest(Refusal):
    """What was sent cannot be read as what the endpoint takes."""

    code = "bad_request"
    title = "The request cannot be understood."


class HeaderInvalid(BadRequest):
    """A header is not what this endpoint takes."""

    code = "header_invalid"
    title = "A header cannot be read."


class Unauthorized(Refusal):
    """Nobody knows who is calling."""

    code = "unauthorized"
    title = "Log in first."


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = "forbidden"
    title = "You may not do this."


class NotFound(Refusal):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"
    title = "There is nothing here."


class Conflict(Refusal):
    """The state of things stands against it."""

    code = "conflict"
    title = "This conflicts with the present state."


class Gone(Refusal):
    """It was here and will not come back."""

    code = "gone"
    title = "This is gone."


class Stale(Refusal):
    """The caller's `If-Match` names a version that is no longer the newest."""

    code = "precondition_failed"
    title = "Somebody changed this meanwhile."


def check_version(version: int, seen: Collection[int] | None) -> None:
    """
    Compare the version of a locked row with those that the caller saw; None stands for any.

    :raises Stale: if it is none of them
    """
    if seen is not None and version not in seen:
        raise Stale("Fetch it again, and repeat your change on what it is now.")


class PreconditionRequired(Refusal):
    """The request would change something without saying which version it saw."""

    code = "precondition_required"
    title = "Say which version you saw: send its ETag in If-Match."


class Invalid(Refusal):
    """What was sent can be read, and breaks a rule of the product."""

    code = "invalid"
    title = "This breaks a rule."


class TooMany(Refusal):
    """The caller asks too often; `retry_after` says when to come back."""

    code = "too_many_requests"
    title = "Too many requests."


class Unavailable(Refusal):
    """A part of the system that this request needs does not answer."""

    code = "unavailable"
    title = "A part of the service is not available; try again."
