"""What gunicorn refuses before the application sees it, as a problem like all others (RFC 9457)."""

import json
import socket
from http import HTTPStatus

from gunicorn import util

_CODES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: "uri_too_long",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "headers_too_large",
    HTTPStatus.EXPECTATION_FAILED: "expectation_failed",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal_error",
}
_TITLES = {
    "uri_too_long": "The address is too long.",
    "headers_too_large": "There are too many headers, or one is too long.",
    "expectation_failed": "What the Expect header asks for is not done here.",
    "forbidden": "You may not do this.",
    "internal_error": "Something went wrong on our side.",
    "bad_request": "The request is no valid HTTP.",
}


def install() -> None:
    """Have gunicorn answer by `write_problem` where it would write a page of HTML."""
    util.write_error = write_problem


def write_problem(sock: socket.socket, status: int, reason: str, message: str) -> None:
    """Write a problem to a client and ask it to close; nothing of what it sent is repeated."""
    # gunicorn says 501 of a transfer coding it does not know; the fault is still the client's.
    status = 400 if status == HTTPStatus.NOT_IMPLEMENTED else status
    code = _CODES.get(HTTPStatus(status), "bad_request")
    # The members of every problem; a request that nobody could read has no path and no id.
    problem = {
        "type": f"/docs/errors#{code}",
        "title": _TITLES[code],
        "status": status,
        "detail": _TITLES[code],
        "instance": "",
        "code": code,
        "errors": [],
        "request_id": "",
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "Connection: close\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + body)
