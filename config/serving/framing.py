"""A request as the application gets it: a body of known length, and nothing to wait for."""

from urllib.parse import urlsplit

from gunicorn.http.body import Body, ChunkedReader, LengthReader
from gunicorn.http.errors import (
    InvalidChunkSize,
    InvalidHeader,
    InvalidRequestLine,
    LimitRequestHeaders,
    UnsupportedTransferCoding,
)
from gunicorn.http.message import Request

from config.serving.connection import Received
from config.serving.inbox import Inbox, Stage

_DRAINED_AT_ONCE = 65_536


def prepare(request: Request, inbox: Inbox) -> None:
    """
    Make a parsed request one that any WSGI application reads.

    :raises gunicorn.http.errors.ParseException: if its head is too long or its body wrongly framed
    """
    if inbox.stage is Stage.HEAD_TOO_LONG:
        raise LimitRequestHeaders("the head as a whole")
    # The loop has said so, if there was anybody to wait for it.
    request._expected_100_continue = False
    _check_host(request)
    # What of 1.2 to 1.9 is understood here is 1.1, and so is answered (RFC 9110, 6.2).
    request.version = min(request.version, (1, 1))
    if _asks_to_close(request):
        request.force_close()
    if inbox.stage is Stage.BODY_TOO_LONG or inbox.is_cut:
        # The application refuses it by its length, or as cut off; what comes of it is thrown away.
        request.force_close()
    if isinstance(request.body.reader, ChunkedReader):
        _unchunk(request, inbox)


def _asks_to_close(request: Request) -> bool:
    """Return whether `close` is among the options of a connection; gunicorn sees it where it stands alone."""
    options = [
        option for name, value in request.headers if name == "CONNECTION" for option in value.split(",")
    ]
    return any(option.strip(" \t").lower() == "close" for option in options)


def _check_host(request: Request) -> None:
    """
    Hold a request to one host: named, and the same in its target if that is a whole address (RFC 9112, 3.2).

    :raises gunicorn.http.errors.ParseException: if it is not, or if a part of it is for its sender alone
    """
    if "#" in request.uri:
        raise InvalidRequestLine(request.uri)
    hosts = [value for name, value in request.headers if name == "HOST"]
    if not hosts and request.version >= (1, 1):
        raise InvalidHeader("HOST")
    if not request.uri.startswith("/") and request.uri != "*":
        target = urlsplit(request.uri).netloc
        if [target.lower()] != [host.lower() for host in hosts]:
            raise InvalidRequestLine(request.uri)


def rest_is_known(request: Request, received: Received) -> bool:
    """Drop what the application left of the body; return whether what follows it is the next request."""
    while request.body.read(_DRAINED_AT_ONCE):
        pass
    return not request.body.failed and not received.is_exhausted


def _unchunk(request: Request, inbox: Inbox) -> None:
    """
    Put a length in place of the chunks: Django reads as many bytes as Content-Length says, and none without.

    :raises gunicorn.http.errors.ParseException: if the chunks are broken, or lie in another coding
    """
    codings = [value for name, value in request.headers if name == "TRANSFER-ENCODING"]
    if [coding.lower() for coding in codings] != ["chunked"]:
        raise UnsupportedTransferCoding(", ".join(codings))
    if inbox.is_broken:
        # gunicorn's reader takes some of them, by how they were cut into packets.
        raise InvalidChunkSize(b"")
    body, length = b"", inbox.body_length
    if inbox.stage is not Stage.BODY_TOO_LONG:
        body = request.body.read()
        length = len(body)
    others = [(name, value) for name, value in request.headers if name != "TRANSFER-ENCODING"]
    request.headers = [*others, ("CONTENT-LENGTH", str(length))]
    request.body = Body(LengthReader(Received(body), length))
