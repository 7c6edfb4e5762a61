"""The uploaded file: opened without trust, read once, and known by its content."""

import os
import stat

from modules.media.processing.limits import MAX_BYTES
from modules.media.processing.refusals import Reason, Refused

# Neither a link to elsewhere nor a FIFO that never gives anything.
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# Read nowhere in this package: each would be a parser more that strangers can reach.
NOT_READ = {
    b"%PDF": "PDF",
    b"%!PS": "PostScript",
    b"\xc5\xd0\xd3\xc6": "EPS",
    b"8BPS": "Photoshop",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"BM": "BMP",
    b"SIMPLE": "FITS",
    b"PK\3\4": "ZIP",
    b"<": "text with tags (SVG, HTML)",
}
# HEVC: its one Python library brings C++ decoders under GPL and LGPL, and patents.
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
AVIF_BRANDS = {b"avif", b"avis"}


def read_source(path: str) -> bytes:
    """
    Read a whole file, once: what is checked is what is decoded.

    :raises Refused: if it is no regular file, empty, or larger than is read
    """
    try:
        with open(os.open(path, FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Refused(Reason.NOT_A_FILE, "It is no regular file.")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refused(Reason.NOT_A_FILE, f"It cannot be opened: {error.strerror}.") from error
    if not data:
        raise Refused(Reason.EMPTY, "It has no bytes.")
    if len(data) > MAX_BYTES:
        raise Refused(Reason.TOO_MANY_BYTES, f"It has more than {MAX_BYTES} bytes.")
    return data


def find_type(data: bytes) -> str:
    """
    Return the media type that a file's first bytes say, whatever its name is.

    :raises Refused: if it is none that is read here
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and AVIF_BRANDS & _brands(data):
        return "image/avif"
    if data[4:8] == b"ftyp" and HEIC_BRANDS & _brands(data):
        raise Refused(Reason.HEIC_UNSUPPORTED, "It is HEIC; send it as a JPEG.")
    raise Refused(Reason.UNSUPPORTED_TYPE, f"It is {_name_of(data)}; JPEG, PNG, WebP, GIF and AVIF are read.")


def _brands(data: bytes) -> set[bytes]:
    """The major and the compatible brands of a file that begins with an `ftyp` box."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[8:12], *(data[start : start + 4] for start in range(16, end - 3, 4))}


def _name_of(data: bytes) -> str:
    begin = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for magic, name in NOT_READ.items() if begin.startswith(magic)), "of an unknown type")
