"""Where a chunked body ends (RFC 9112, 7.1), found as its bytes come; gunicorn reads it afterwards."""

from modules.kernel.sizes import MAX_BODY

# A size with its extensions, or a line of the trailers.
MAX_LINE = 8190
_HEX = b"0123456789abcdefABCDEF"


class ChunkScanner:
    """
    Follows a chunked body and says when all of it is there.

    It never takes a byte twice, however small the pieces are in which they come. It finds no more than it
    needs to go on; gunicorn's own reader sees the rest of what is wrong.
    """

    def __init__(self, position: int) -> None:
        """Start at the first byte after the head."""
        self.start = self.position = position
        # Bytes of the body itself, without what frames them.
        self.length = 0
        self.is_whole = False
        self.is_broken = False
        self._in_trailers = False
        self._left = 0

    @property
    def is_too_long(self) -> bool:
        """Return whether more came than any body may have; so for what merely frames it."""
        return self.length > MAX_BODY or self.position - self.start - self.length > MAX_BODY

    def scan(self, data: bytearray) -> None:
        """Go on with what has come."""
        while not (self.is_whole or self.is_broken or self.is_too_long) and self._step(data):
            pass

    def _step(self, data: bytearray) -> bool:
        """Take one line, or what has come of a chunk; return whether anything was there to take."""
        if self._left > 0:
            return self._take_chunk(data)
        end = data.find(b"\n", self.position, self.position + MAX_LINE)
        if end < 0:
            self.is_broken = len(data) - self.position >= MAX_LINE
            return False
        line = bytes(data[self.position : end + 1])
        self.position = end + 1
        self._take_line(line)
        return True

    def _take_chunk(self, data: bytearray) -> bool:
        """Take what has come of a chunk and of the line end behind it."""
        taken = min(self._left, len(data) - self.position)
        self.position += taken
        self._left -= taken
        return taken > 0

    def _take_line(self, line: bytes) -> None:
        """Take the line that opens a chunk, or one of the trailers."""
        if not line.endswith(b"\r\n"):
            self.is_broken = True
        elif self._in_trailers:
            self.is_whole = line == b"\r\n"
        else:
            self._open_chunk(line.split(b";", 1)[0].strip())

    def _open_chunk(self, digits: bytes) -> None:
        """Expect a chunk and its line end, or after the last one the trailers."""
        if not digits or len(digits) > 16 or digits.strip(_HEX):
            self.is_broken = True
            return
        size = int(digits, 16)
        self._in_trailers = size == 0
        self.length += size
        self._left = size + 2 if size else 0
