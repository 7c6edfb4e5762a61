"""What gunicorn refuses before the application sees it, as a problem like all others (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Protocol

from gunicorn import util

from modules.kernel.statuses import title_of


class Writable(Protocol):
    """What gunicorn writes to."""

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
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "Connection: close\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + body)
