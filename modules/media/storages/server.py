"""
The server of a folder of media: takes uploads that this service has signed, and serves files.

A WSGI application for a process of its own, which knows neither Django nor a database: the API's workers
see no byte of a file. It keeps the contract of an object storage that speaks S3: the same form and statuses.
Behind nginx it names the file (X-Accel-Redirect), and nginx sends it.
"""

import os
import re
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from modules.media.storages.keys import TYPES, cache_control, content_disposition
from modules.media.storages.signing import Policy, Signer

_CHUNK: Final = 256 * 1024
# Of the form beside the file: names, the policy and its signature.
_MAX_FIELD: Final = 4096
_MAX_FIELDS: Final = 16
_KEY: Final = re.compile(
    r"(media|public|downloads)/[1-9][0-9]{0,18}/[0-9]{1,3}/[a-z0-9][a-z0-9_-]*\.([a-z0-9]{2,4})"
)
_UPLOAD: Final = re.compile(r"incoming/[1-9][0-9]{0,18}")
# A file is what it says it is, whatever is in it, and runs nothing.
_GUARDS: Final = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
_STATUSES: Final = {
    200: "200 OK",
    204: "204 No Content",
    206: "206 Partial Content",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    416: "416 Range Not Satisfiable",
}

Environ = dict[str, Any]
Headers = list[tuple[str, str]]


class _Answer(NamedTuple):
    """What is sent back."""

    status: int
    headers: Headers
    body: Iterable[bytes] = ()


class _Refused(Exception):
    """What a client sent is not let in."""

    def __init__(self, status: int, code: str) -> None:
        """Keep what it is told."""
        super().__init__(code)
        self.status = status
        self.code = code


class _Form:
    """An upload's form as it comes: fields, which say what may come, and then the file."""

    def __init__(self, file: Any, check: Callable[[dict[str, str]], Policy]) -> None:
        """Keep where the file goes, and who knows what is allowed."""
        self._file = file
        self._check = check
        self._fields: dict[str, str] = {}
        self._name, self._value, self._size = "", bytearray(), 0
        self._policy: Policy | None = None
        self._is_over = False

    def take(self, event: MultipartSegment | bytearray | None) -> None:
        """
        Take a part's head, some of its content, or its end.

        :raises _Refused: if it is not what was signed
        """
        if self._is_over:
            return
        if isinstance(event, MultipartSegment):
            self._name, self._value = event.name, bytearray()
            if self._name == "file":
                self._policy = self._check(self._fields)
        elif event is None:
            self._is_over = self._policy is not None
            self._fields[self._name] = self._value.decode(errors="replace")
        elif self._policy is not None:
            self._write(event, self._policy)
        else:
            self._value += event
            if len(self._value) > _MAX_FIELD:
                raise _Refused(400, "MaxPostPreDataLengthExceeded")

    def finish(self) -> Policy:
        """
        Return what the file was let in by.

        :raises _Refused: if there was no file, or nothing in it
        """
        if self._policy is None:
            raise _Refused(400, "MalformedPOSTRequest")
        if self._size < 1:
            raise _Refused(400, "EntityTooSmall")
        return self._policy

    def _write(self, content: bytearray, policy: Policy) -> None:
        self._size += len(content)
        if self._size > policy.max_bytes:
            raise _Refused(400, "EntityTooLarge")
        self._file.write(content)


@dataclass(frozen=True, slots=True)
class MediaServer:
    """A folder that is served. `accel` is nginx's own path for it; without one this process sends files."""

    folder: Path
    signer: Signer
    origins: Collection[str] = ()
    accel: str = ""
    clock: Callable[[], float] = time.time

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        try:
            status, headers, body = self._answer(environ)
        except _Refused as refused:
            status, headers = refused.status, [("Content-Type", "text/plain; charset=utf-8")]
            body = [f"{refused.code}\n".encode()]
        start_response(_STATUSES[status], [*headers, *self._cors(environ)])
        return body

    def _answer(self, environ: Environ) -> _Answer:
        """:raises _Refused: whatever is wrong"""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].lstrip("/")
        if path == "healthz":
            return _Answer(200, [("Content-Type", "text/plain")], [b"ok\n"])
        if method == "OPTIONS":
            return _Answer(204, [("Allow", "GET, HEAD, POST, OPTIONS")])
        if method == "POST" and not path:
            self._take(environ)
            return _Answer(204, [])
        if method in ("GET", "HEAD"):
            return self._serve(environ, path)
        raise _Refused(405, "MethodNotAllowed")

    def _take(self, environ: Environ) -> None:
        """
        Take an upload; nobody sees a part of it.

        :raises _Refused: if it is not what was signed
        """
        kind, options = parse_options_header(environ.get("CONTENT_TYPE", ""))
        length = environ.get("CONTENT_LENGTH", "")
        if kind != "multipart/form-data" or not options.get("boundary") or not length.isdecimal():
            raise _Refused(400, "MalformedPOSTRequest")
        unfinished = self.folder / "incoming" / f".{os.getpid()}-{os.urandom(8).hex()}.part"
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        try:
            policy = self._read_form(environ, options["boundary"], int(length), unfinished)
            target = self.folder / policy.key
            (target.parent / f".{target.name}.type").write_text(policy.type)
            unfinished.replace(target)
        except MultipartError as error:
            raise _Refused(400, "MalformedPOSTRequest") from error
        finally:
            unfinished.unlink(missing_ok=True)

    def _read_form(self, environ: Environ, boundary: str, length: int, target: Path) -> Policy:
        """
        Read the fields of a form and write the file that follows them; what comes after it is ignored.

        :raises _Refused: if it is not what was signed; MultipartError: if it is no form
        """
        with (
            PushMultipartParser(boundary, content_length=length, max_segment_count=_MAX_FIELDS) as parser,
            target.open("wb") as file,
        ):
            form = _Form(file, self._check)
            while length > 0 and not parser.closed:
                chunk = environ["wsgi.input"].read(min(_CHUNK, length))
                for event in parser.parse(chunk):
                    form.take(event)
                length = length - len(chunk) if chunk else 0
        return form.finish()

    def _check(self, fields: dict[str, str]) -> Policy:
        """
        Return the policy of a form.

        :raises _Refused: if it is none of ours, is over, or the form says something else
        """
        policy = self.signer.read_policy(
            fields.get("policy", ""), fields.get("signature", ""), now=self.clock()
        )
        if policy is None or not _UPLOAD.fullmatch(policy.key):
            raise _Refused(403, "AccessDenied")
        if (fields.get("key"), fields.get("Content-Type")) != (policy.key, policy.type):
            raise _Refused(403, "AccessDenied")
        return policy

    def _serve(self, environ: Environ, path: str) -> _Answer:
        """:raises _Refused: if there is no such file, or its address was not signed or is over"""
        match = _KEY.fullmatch(path)
        if match is None:
            raise _Refused(404, "NoSuchKey")
        if match[1] != "public" and not self._is_signed(environ, path):
            raise _Refused(403, "AccessDenied")
        headers = [
            *_GUARDS,
            ("Content-Type", TYPES.get(match[2], "application/octet-stream")),
            ("Cache-Control", cache_control(path)),
            ("Content-Disposition", content_disposition(path)),
        ]
        if self.accel:
            return _Answer(200, [*headers, ("X-Accel-Redirect", f"{self.accel}/{path}")])
        return self._send(environ, self.folder / path, headers)

    def _is_signed(self, environ: Environ, path: str) -> bool:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        [expires], [signature] = query.get("expires", [""])[:1], query.get("signature", [""])[:1]
        return self.signer.allows(path, expires, signature, now=self.clock())

    def _send(self, environ: Environ, file: Path, headers: Headers) -> _Answer:
        """:raises _Refused: if there is no such file, or none of that range"""
        try:
            content = file.open("rb")
        except OSError:
            raise _Refused(404, "NoSuchKey") from None
        size = os.fstat(content.fileno()).st_size
        first, last = _range_of(environ.get("HTTP_RANGE", ""), size)
        headers += [("Accept-Ranges", "bytes"), ("Content-Length", str(last + 1 - first))]
        status = 200
        if last + 1 - first < size:
            status = 206
            headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
        if environ["REQUEST_METHOD"] == "HEAD":
            content.close()
            return _Answer(status, headers)
        return _Answer(status, headers, _read(content, first, last + 1 - first))

    def _cors(self, environ: Environ) -> Headers:
        """Return what a browser page of another origin needs to upload with progress, and to show files."""
        origin = environ.get("HTTP_ORIGIN", "")
        if origin not in self.origins:
            return [("Vary", "Origin")]
        return [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Methods", "GET, HEAD, POST"),
            ("Access-Control-Allow-Headers", "Content-Type, Range"),
            ("Access-Control-Max-Age", "600"),
            ("Vary", "Origin"),
        ]


def _range_of(header: str, size: int) -> tuple[int, int]:
    """
    Return the first and the last byte that a Range asks for; several ranges are answered whole.

    :raises _Refused: if there is none of it
    """
    match = re.fullmatch(r"bytes=([0-9]{0,19})-([0-9]{0,19})", header)
    if match is None or not (match[1] or match[2]):
        return 0, size - 1
    if not match[1]:
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(size - 1, int(match[2] or size))
    if first > last:
        raise _Refused(416, "InvalidRange")
    return first, last


def _read(content: Any, first: int, length: int) -> Iterable[bytes]:
    """Yield so many bytes of an open file, and close it."""
    with content:
        content.seek(first)
        while length > 0 and (chunk := content.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
