"""The form of an upload, and what the storage's answer to it means."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

import httpx

from banyan_client.errors import (
    BadRequest,
    BanyanError,
    FileTooLarge,
    Invalid,
    ProcessingFailed,
    ProcessingTimeout,
    StorageRefused,
    StorageUnavailable,
    UnsupportedFile,
)
from banyan_client.files import Source
from banyan_client.generated.models import (
    CreatedMedia,
    NewFocus,
    NewMedia,
    NewMediaPurpose,
    NewMediaType,
    OwnMedia,
)
from banyan_client.generated.types import UNSET
from banyan_client.retries import Retry

Progress = Callable[[int, int], None]
Purpose = Literal["post", "avatar", "cover"]

# A form with less left than these seconds is not begun with.
MARGIN = 10.0
# Statuses after which the same form may be taken in a moment.
PASSING = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class NewFile:
    """What is said of a file."""

    type: str | None
    alt: str
    focus: tuple[float, float] | None
    purpose: Purpose

    def announce(self, source: Source) -> NewMedia:
        """Return what the API is asked with."""
        focus = NewFocus(x=self.focus[0], y=self.focus[1]) if self.focus else UNSET
        return NewMedia(
            type_=NewMediaType(source.type),
            bytes_=source.size,
            purpose=NewMediaPurpose(self.purpose),
            alt=self.alt,
            focus=focus,
        )


def refuse(refusal: BanyanError) -> NoReturn:
    """:raises FileTooLarge, UnsupportedFile: if that is why the API refuses a file; else what it refuses with"""
    if isinstance(refusal, Invalid) and refusal.code == "media_too_large":
        raise FileTooLarge(refusal.code, _told(refusal, "/bytes")) from refusal
    if isinstance(refusal, BadRequest) and any(fault.place == "/type" for fault in refusal.faults):
        raise UnsupportedFile("unsupported_type", _told(refusal, "/type")) from refusal
    raise refusal


class Form:
    """A form by which one file may be uploaded for a while."""

    def __init__(self, media: CreatedMedia, source: Source, asked_at: float) -> None:
        """Begin its time with the asking for it, by this machine's clock alone: others' may differ."""
        self.media_id = media.id
        self.url = media.upload.url
        self._ends = asked_at + (media.upload.expires_at - media.created_at).total_seconds()
        self._is_refused = False
        boundary = uuid.uuid4().hex
        fields = media.upload.fields.additional_properties
        self._head = b"".join(_part(boundary, name) + value.encode() + b"\r\n" for name, value in fields.items())
        self._head += _part(boundary, "file", filename="file")
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        # Said, or the body would go in chunks, which S3 does not take.
        length = len(self._head) + source.size + len(self._tail)
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(length),
        }

    @property
    def is_over(self) -> bool:
        """Whether another form is needed."""
        return self._is_refused or time.time() > self._ends - MARGIN

    def frame(self) -> tuple[bytes, bytes]:
        """Return what goes before the file, and what goes after it."""
        return self._head, self._tail

    def settle(
        self, answer: httpx.Response | httpx.TransportError, attempt: int, retry: Retry
    ) -> float | None:
        """
        Return the seconds before another attempt, or None if the file has arrived.

        :raises StorageRefused, StorageUnavailable, FileTooLarge: if there is no other
        """
        if isinstance(answer, httpx.Response) and answer.is_success:
            return None
        is_last = attempt >= retry.attempts
        if not isinstance(answer, httpx.Response) or answer.status_code in PASSING:
            response = answer if isinstance(answer, httpx.Response) else None
            wait = None if is_last else retry.pause(attempt, response)
            if wait is None:
                raise self._unavailable(answer)
            return wait
        code = _code_of(answer)
        if code == "EntityTooLarge":
            raise FileTooLarge(code, "The storage takes fewer bytes than were announced.", self.media_id)
        if not is_last and self._has_ended(answer):
            self._is_refused = True
            return 0.0
        raise StorageRefused(code, f"The storage answers {answer.status_code}.", self.media_id)

    def _has_ended(self, answer: httpx.Response) -> bool:
        """Whether a storage refuses because of the time: it says so, or it has come."""
        return answer.status_code in (400, 403) and (self.is_over or "expired" in answer.text.lower())

    def _unavailable(self, answer: httpx.Response | httpx.TransportError) -> StorageUnavailable:
        if isinstance(answer, httpx.Response):
            detail = f"The storage answers {answer.status_code}."
            return StorageUnavailable(_code_of(answer), detail, self.media_id)
        error = StorageUnavailable("no_answer", f"The storage does not answer: {answer}", self.media_id)
        error.__cause__ = answer
        return error


def pauses() -> Iterator[float]:
    """Yield the seconds between looks at a media that is processed."""
    pause = 0.2
    while True:
        yield pause
        pause = min(pause * 1.5, 3.0)


def check_ready(media: OwnMedia) -> OwnMedia:
    """
    Return a media that is ready.

    :raises ProcessingFailed: if it never will be; ProcessingTimeout: if it is not yet
    """
    if media.state == "failed":
        reason = media.reason or "unknown"
        raise ProcessingFailed(reason, "The file cannot be shown.", media.id)
    if media.state != "ready":
        raise ProcessingTimeout("not_ready", "The file is still being processed.", media.id)
    return media


def _part(boundary: str, name: str, **more: str) -> bytes:
    """Return what stands before a part of the form."""
    said = "".join(f'; {key}="{value}"' for key, value in {"name": name, **more}.items())
    return f"--{boundary}\r\nContent-Disposition: form-data{said}\r\n\r\n".encode()


def _told(refusal: BanyanError, place: str) -> str:
    """Return what the API says of a place, or of the whole."""
    told = [fault.detail for fault in refusal.faults if fault.place == place]
    return "; ".join(told) or refusal.detail


def _code_of(answer: httpx.Response) -> str:
    """Return a storage's own word for why: S3 answers XML, the server of a folder the word alone."""
    found = re.search(r"<Code>(\w+)</Code>", answer.text) or re.fullmatch(r"(\w+)\s*", answer.text)
    return found[1] if found else str(answer.status_code)
