"""What has come of a request, and whether that is all of it."""

from enum import Enum

from config.serving.chunks import ChunkScanner
from modules.kernel.sizes import MAX_BODY

# gunicorn's limits for each line would add up to half a megabyte.
MAX_HEAD = 65_536
_HEAD_END = b"\r\n\r\n"
_LENGTH, _CODING, _EXPECT = b"\r\ncontent-length:", b"\r\ntransfer-encoding:", b"\r\nexpect:"


class Stage(Enum):
    """How far a request has come."""

    NOTHING = "nothing of a request is here"
    HEAD = "its head is on its way"
    BODY = "its body is on its way"
    WHOLE = "all of it is here, or enough to refuse it"
    HEAD_TOO_LONG = "its head has no end within what is taken"
    BODY_TOO_LONG = "its body is longer than any may be, and is not waited for"


class Inbox:
    """
    Gathers the bytes of one request; what follows it stays in `data` for the next.

    It finds where the request ends and judges nothing: gunicorn parses what is here as if it had read it
    itself, and what it would refuse is handed to it as soon as that can be seen.
    """

    def __init__(self, data: bytes = b"") -> None:
        """Start with what came behind the request before."""
        self.data = bytearray()
        self.stage = Stage.NOTHING
        self._searched = 0
        self._body = self._end = 0
        self._wants_continue = False
        self._chunks: ChunkScanner | None = None
        if data:
            self.feed(data)

    @property
    def is_ready(self) -> bool:
        """Return whether a thread can answer without waiting for more."""
        return self.stage not in (Stage.NOTHING, Stage.HEAD, Stage.BODY)

    @property
    def is_cut(self) -> bool:
        """Return whether a body of stated length was not waited for, which gunicorn may not see."""
        return len(self.data) < self._end

    @property
    def is_broken(self) -> bool:
        """Return whether a chunked body is none."""
        return self._chunks is not None and self._chunks.is_broken

    @property
    def body_length(self) -> int:
        """Return how many bytes of a chunked body were announced until it was found too long."""
        return self._chunks.length if self._chunks else 0

    def take_continue(self) -> bool:
        """Return, once, whether the client waits for a word before it sends its body (RFC 9110, 10.1.1)."""
        asked, self._wants_continue = self._wants_continue, False
        return asked and self.stage is Stage.BODY and len(self.data) == self._body

    def feed(self, data: bytes) -> None:
        """Add what has come."""
        self.data += data
        if self.stage is Stage.NOTHING:
            self.stage = Stage.HEAD
        if self.stage is Stage.HEAD:
            self._scan_head()
        if self.stage is Stage.BODY:
            self._scan_body()

    def _scan_head(self) -> None:
        """Look for the end of the head in what is new."""
        # One empty line before a request is none (RFC 9112, 2.2).
        first = 2 if self.data.startswith(b"\r\n") else 0
        end = self.data.find(_HEAD_END, max(first, self._searched - 3))
        if end >= 0:
            self._read_head(bytes(self.data[first : end + 2]).lower(), end + len(_HEAD_END))
        elif len(self.data) > MAX_HEAD:
            self.stage = Stage.HEAD_TOO_LONG
        elif _has_bare_line_end(self.data, self._searched):
            # No head ends this way: gunicorn says so now, not when the time is up.
            self.stage = Stage.WHOLE
        self._searched = len(self.data)

    def _read_head(self, head: bytes, end: int) -> None:
        """Learn from a head how long its body will be."""
        self.stage = Stage.WHOLE
        self._body = self._end = end
        if end > MAX_HEAD:
            self.stage = Stage.HEAD_TOO_LONG
        elif _CODING in head:
            # With a length beside it, or in any other coding, it is refused whatever the body is.
            if _LENGTH not in head and _value(_CODING, head) == b"chunked":
                self._chunks = ChunkScanner(end)
                self.stage = Stage.BODY
        elif _LENGTH in head:
            self._expect_length(_value(_LENGTH, head))
        if self.stage is Stage.BODY and _EXPECT in head:
            self._hear_expectation(_value(_EXPECT, head), head)

    def _expect_length(self, digits: bytes) -> None:
        """Wait for a body of a stated length, if it is one that may be."""
        if not digits.isdigit():
            return
        # However many zeros are before it: of too many digits Python makes no number.
        digits = digits.lstrip(b"0") or b"0"
        if len(digits) > 9 or (length := int(digits)) > MAX_BODY:
            self.stage = Stage.BODY_TOO_LONG
            return
        self._end += length
        self.stage = Stage.BODY

    def _hear_expectation(self, expected: bytes, head: bytes) -> None:
        """Note that the client waits for a word before it sends its body; another wish is refused at once."""
        if expected != b"100-continue":
            self.stage = Stage.WHOLE
        elif not head.split(b"\r\n", 1)[0].endswith(b"http/1.0"):
            self._wants_continue = True

    def _scan_body(self) -> None:
        """See whether the body has come."""
        if self._chunks is not None:
            self._scan_chunks(self._chunks)
        elif len(self.data) >= self._end:
            self.stage = Stage.WHOLE

    def _scan_chunks(self, chunks: ChunkScanner) -> None:
        """Follow the chunks."""
        chunks.scan(self.data)
        if chunks.is_too_long:
            self.stage = Stage.BODY_TOO_LONG
        elif chunks.is_whole or chunks.is_broken:
            self.stage = Stage.WHOLE


def _value(name: bytes, head: bytes) -> bytes:
    """Return the only value of a header, or nothing if it stands there twice."""
    if head.count(name) != 1:
        return b""
    start = head.find(name) + len(name)
    return head[start : head.find(b"\r\n", start)].strip(b" \t")


def _has_bare_line_end(data: bytearray, start: int) -> bool:
    """Return whether a line ends by LF alone in what came from a position on."""
    if start and data[start - 1 : start] == b"\r":
        start -= 1
    return data.count(b"\n", start) != data.count(b"\r\n", start)
