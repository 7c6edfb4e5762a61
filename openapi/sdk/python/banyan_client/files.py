"""The file of an upload: a path, bytes or an open file, read from its beginning as often as it is sent."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from banyan_client.errors import UnsupportedFile

Sendable = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO

CHUNK = 64 * 1024
# What cannot be rewound is kept meanwhile, beyond this size on disk.
KEPT_IN_MEMORY = 8 * 1024 * 1024

_BEGINNINGS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"\x1a\x45\xdf\xa3": "video/webm",
}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"qt  ": "video/quicktime"}
# Pictures of Apple's, which have the container of a video.
_HEIC = (b"hei", b"hev", b"mif1", b"msf1")


@dataclass(frozen=True)
class Source:
    """A file to send: where its content begins, how many bytes it has, and its media type."""

    content: BinaryIO | memoryview
    start: int
    size: int
    type: str

    def rewind(self) -> None:
        """Go to its beginning."""
        if not isinstance(self.content, memoryview):
            self.content.seek(self.start)

    def read(self, sent: int) -> bytes | memoryview:
        """
        Return the next bytes after so many that were sent.

        :raises OSError: if there are none, though its size says so
        """
        most = min(CHUNK, self.size - sent)
        if isinstance(self.content, memoryview):
            return self.content[sent : sent + most]
        chunk = self.content.read(most)
        if not chunk:
            raise OSError(f"The file ended after {sent} of {self.size} bytes: it changed while it was sent.")
        return chunk


@contextmanager
def open_source(file: Sendable, type: str | None) -> Iterator[Source]:
    """
    Open what is to be sent; an open file is sent from where it stands, and stays open.

    :raises UnsupportedFile: if its type is not said, and its beginning is of none that can be uploaded
    """
    if isinstance(file, (bytes, bytearray, memoryview)):
        view = memoryview(file).cast("B")
        yield Source(view, 0, len(view), type or _type_of(bytes(view[:16])))
    elif isinstance(file, (str, os.PathLike)):
        with open(file, "rb") as opened:
            yield _measure(opened, type)
    elif file.seekable():
        yield _measure(file, type)
    else:
        with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as kept:
            shutil.copyfileobj(file, kept)
            kept.seek(0)
            yield _measure(kept, type)


def _measure(file: BinaryIO | tempfile.SpooledTemporaryFile[bytes], type: str | None) -> Source:
    start = file.tell()
    size = file.seek(0, os.SEEK_END) - start
    file.seek(start)
    found = type or _type_of(file.read(16))
    return Source(file, start, size, found)  # type: ignore[arg-type]  # a spooled file is one in all but name


def _type_of(beginning: bytes) -> str:
    """
    Return the media type of a file by its first 16 bytes; names of files say too much that is not so.

    :raises UnsupportedFile: if it is none that can be uploaded
    """
    for start, type in _BEGINNINGS.items():
        if beginning.startswith(start):
            return type
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    brand = beginning[8:12]
    if beginning[4:8] == b"ftyp" and not brand.startswith(_HEIC):
        return _BRANDS.get(brand, "video/mp4")
    raise UnsupportedFile("unsupported_type", "The file begins like no image or video that can be uploaded.")
