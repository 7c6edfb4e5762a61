"""
Videos by container and size alone: MP4, QuickTime and WebM.

Nothing is decoded: codecs, length and proportions are unknown, whether the file is whole too, metadata
(places among them) stays in it, and there is no poster. What is promised is that it begins as a player
expects of its type.
"""

from typing import NamedTuple

from modules.media.processing.limits import MAX_VIDEO_BYTES
from modules.media.processing.refusals import Reason, Refused

# So much of a file's beginning is looked at.
HEAD_BYTES = 256
QUICKTIME = b"qt  "
MP4 = {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", *(b"iso%d" % n for n in range(2, 10))}
EBML, DOC_TYPE = b"\x1a\x45\xdf\xa3", 0x4282


class Video(NamedTuple):
    """What is known of a video."""

    type: str
    bytes: int


def probe(head: bytes, size: int) -> Video:
    """
    Return the container of a video, so that a worker need not fetch half a gigabyte to know it.

    :param head: its first 256 bytes, or all of it
    :param size: of the whole file, in bytes
    :raises Refused: if it is none of those that are known, empty, or too large
    """
    if not size:
        raise Refused(Reason.EMPTY, "It has no bytes.")
    if size > MAX_VIDEO_BYTES:
        raise Refused(Reason.TOO_MANY_BYTES, f"It has more than {MAX_VIDEO_BYTES} bytes.")
    kind = _of_ebml(head[:HEAD_BYTES]) if head.startswith(EBML) else _of_boxes(head, size)
    if kind is None:
        raise Refused(Reason.UNSUPPORTED_TYPE, "MP4, QuickTime and WebM are taken.")
    return Video(kind, size)


def _of_boxes(head: bytes, size: int) -> str | None:
    """Look at the first box: four bytes of length, `ftyp`, and the brand that it is of before all others."""
    length, brand = int.from_bytes(head[:4], "big"), head[8:12]
    if head[4:8] != b"ftyp" or not 16 <= length <= size or length % 4:
        return None
    return "video/quicktime" if brand == QUICKTIME else "video/mp4" if brand in MP4 else None


def _of_ebml(head: bytes) -> str | None:
    """Go over the header's elements, each of an id, a length and content, to the one that names its kind."""
    _, position = _number(head, 4)
    while position < len(head):
        name, position = _number(head, position, marked=True)
        length, position = _number(head, position)
        if name == DOC_TYPE:
            return "video/webm" if head[position : position + length].rstrip(b"\0") == b"webm" else None
        position += length
    return None


def _number(data: bytes, at: int, *, marked: bool = False) -> tuple[int, int]:
    """Read a number whose first byte tells how long it is, by its zeros; ids keep that mark."""
    first = data[at] if at < len(data) else 0
    length = 9 - first.bit_length()
    number = int.from_bytes(data[at : at + length], "big")
    return number if marked else number & ~(1 << 7 * length), at + length
