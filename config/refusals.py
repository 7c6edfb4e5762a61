"""
What gunicorn refuses before the application sees it, as a problem like all others (RFC 9457).

Of the request there are only bytes. What is seen in them decides nothing but whether a page may read the
refusal, and whether it has a body.
"""

import json
import re
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from gunicorn import util

from modules.kernel import cors
from modules.kernel.statuses import title_of

_ORIGIN = re.compile(rb"\r\norigin:[ \t]*([\x21-\x7e]+)[ \t]*\r\n", re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\r\nauthorization:", re.IGNORECASE)
# A target as a browser writes it: a path, or a whole address.
_TARGET = re.compile(rb"[A-Z]+ ([\x21-\x7e]+)")
_MAX_TARGET = 4_096


class Writable(Protocol):
    """What gunicorn writes to."""

    # What has come of the request that is refused.
    asked: bytes

    def sendall(self, data: bytes) -> None:
        """Write bytes."""

    def gettimeout(self) -> float | None:
        """Return how long a write may take."""


def install() -> None:
    """Have gunicorn answer by `write_problem` where it would write a page of HTML."""
    util.write_error = write_problem


def write_problem(sock: Writable, status: int, reason: str, message: str) -> None:
    """Write a problem to a client and ask it to close; nothing of what it sent is repeated."""
    # gunicorn says 501 of a transfer coding it does not know; the error is still the client's.
    status = 400 if status == HTTPStatus.NOT_IMPLEMENTED else status
    detail = "This is no valid HTTP request." if status == HTTPStatus.BAD_REQUEST else title_of(status)[1]
    _write(sock, status, detail, [])


def write_cut_off(sock: Writable) -> None:
    """Write the problem of a request that ended too early; what is there may read as JSON all the same."""
    error = {"pointer": "", "code": "body_incomplete", "detail": "Less came than the request says."}
    _write(sock, HTTPStatus.BAD_REQUEST, "The request was cut off.", [error])


def _write(sock: Writable, status: int, detail: str, errors: list[dict[str, str]]) -> None:
    """Write a problem, and that nothing follows it."""
    code, title = title_of(status)
    # The members of every problem; a request that nobody could read has no path and no id.
    problem = {
        "type": f"/docs/errors#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "",
        "code": code,
        "errors": errors,
        "request_id": "",
    }
    body = json.dumps(problem).encode()
    head = "".join(
        f"{line}\r\n"
        for line in (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *("Connection: close", "Content-Type: application/problem+json", "Cache-Control: no-store"),
            *(f"{name}: {value}" for name, value in _headers_for_pages(sock.asked).items()),
            f"Content-Length: {len(body)}",
        )
    )
    # The answer to a HEAD ends with its head, whatever it says of a length.
    asked = sock.asked.lstrip(b"\r\n")
    util.write_nonblock(sock, f"{head}\r\n".encode() + (b"" if asked.startswith(b"HEAD ") else body))


def _headers_for_pages(asked: bytes) -> dict[str, str]:
    """Return what lets the page that asked read the refusal, if it may read answers from there (CORS)."""
    origins = _ORIGIN.findall(asked)
    target = _TARGET.match(asked.lstrip(b"\r\n")[:_MAX_TARGET])
    if len(origins) != 1 or target is None:
        return {}
    request, response = HttpRequest(), HttpResponse()
    request.META["HTTP_ORIGIN"] = origins[0].decode("ascii")
    if _AUTHORIZATION.search(asked):
        request.META["HTTP_AUTHORIZATION"] = ""
    request.path_info = _path_of(target[1].decode("ascii"))
    del response.headers["Content-Type"]
    cors.add_headers(request, response)
    return dict(response.headers)


def _path_of(target: str) -> str:
    try:
        return urlsplit(target).path
    except ValueError:
        return ""
