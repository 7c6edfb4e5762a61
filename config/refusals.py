"""What gunicorn refuses before the application sees it, as a problem like all others (RFC 9457)."""

import json
import socket
from http import HTTPStatus

from gunicorn import util

from modules.kernel.statuses import title_of


def install() -> None:
    """Have gunicorn answer by `write_problem` where it would write a page of HTML."""
    util.write_error = write_problem


def write_problem(sock: socket.socket, status: int, reason: str, message: str) -> None:
    """Write a problem to a client and ask it to close; nothing of what it sent is repeated."""
    # gunicorn says 501 of a transfer coding it does not know; the fault is still the client's.
    status = 400 if status == HTTPStatus.NOT_IMPLEMENTED else status
    code, title = title_of(status)
    # The members of every problem; a request that nobody could read has no path and no id.
    problem = {
        "type": f"/docs/errors#{code}",
        "title": title,
        "status": status,
        "detail": "This is no valid HTTP request." if status == HTTPStatus.BAD_REQUEST else title,
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
