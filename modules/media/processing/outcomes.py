"""What the child answers, read as the word of a process that a stranger's bytes may have taken over."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any, NamedTuple

from modules.media.processing.limits import FILE_BYTES, MAX_ANSWER_BYTES, MAX_FRAMES, MAX_SIDE
from modules.media.processing.refusals import Reason
from modules.media.processing.sources import FLAGS

# Every file there may be, with its type and how it begins.
FILES = {
    "thumb.webp": ("image/webp", rb"RIFF....WEBP"),
    "feed.webp": ("image/webp", rb"RIFF....WEBP"),
    "full.webp": ("image/webp", rb"RIFF....WEBP"),
    "feed.jpg": ("image/jpeg", rb"\xff\xd8\xff"),
}
TYPES = {"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"}
BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{28}")


# Named tuples, not dataclasses: importing those costs the child 40 ms of CPU for each picture.
class Variant(NamedTuple):
    """One file in the target folder, upright, in sRGB and without metadata."""

    name: str
    """`thumb` (320 pixels at most), `feed` (1080) or `full` (2048); `feed` comes as WebP and as JPEG."""
    file: str
    """Its name in the target folder."""
    type: str
    width: int
    height: int
    bytes: int


class Outcome(NamedTuple):
    """What became of one file; of one that was refused, everything but reason and detail is empty."""

    ok: bool
    reason: Reason | None = None
    """Why it was refused: stable, for clients."""
    detail: str = ""
    """One sentence about it; of `unprocessable` for the log alone."""
    type: str = ""
    """The media type that its content has, whatever it was called."""
    width: int = 0
    """Of the original, upright."""
    height: int = 0
    blurhash: str = ""
    frames: int = 0
    """More than one: `feed` and `full` move."""
    variants: tuple[Variant, ...] = ()
    confined: tuple[str, ...] = ()
    """What of `namespace`, `landlock` and `seccomp` the kernel granted, beside the limits."""
    cpu_s: float = 0
    """User and system time of the child, start included."""
    peak_kib: int = 0
    """Its resident memory at most, as it says itself; 0 of one that was killed."""


def failed(detail: str) -> Outcome:
    """Return the outcome of a child that could not do its work."""
    return Outcome(ok=False, reason=Reason.UNPROCESSABLE, detail=detail)


def read_outcome(answer: bytes, target: Path) -> Outcome:
    """Return what the child printed, once it is found to be true of the files in the target folder."""
    if len(answer) > MAX_ANSWER_BYTES:
        return failed("The child printed too much.")
    try:
        said = json.loads(answer)
        outcome = _accepted(said, target) if said["ok"] else _refused(said)
        return outcome._replace(confined=tuple(map(str, said["confined"])), peak_kib=int(said["peak_kib"]))
    except (ValueError, LookupError, TypeError, RecursionError, OSError) as error:
        return failed(f"The child's answer is not to be believed: {type(error).__name__}: {error}"[:500])


def _refused(said: dict[str, Any]) -> Outcome:
    return Outcome(ok=False, reason=Reason(said["reason"]), detail=str(said["detail"])[:500])


def _accepted(said: dict[str, Any], target: Path) -> Outcome:
    if said["type"] not in TYPES or not BLURHASH.fullmatch(said["blurhash"]):
        raise ValueError("type or blurhash")
    return Outcome(
        ok=True,
        type=said["type"],
        width=_natural(said["width"], MAX_SIDE),
        height=_natural(said["height"], MAX_SIDE),
        blurhash=said["blurhash"],
        frames=_natural(said["frames"], MAX_FRAMES),
        variants=_variants(said["variants"], target),
    )


def _variants(said: list[dict[str, Any]], target: Path) -> tuple[Variant, ...]:
    variants = tuple(_variant(each, target) for each in said)
    files = [variant.file for variant in variants]
    if sorted(files) != sorted(FILES):
        raise ValueError(f"files {files}")
    return variants


def _variant(said: dict[str, Any], target: Path) -> Variant:
    """Look at the file itself: a link in its place would publish what it leads to."""
    file = said["file"]
    kind, begin = FILES[file]
    with open(os.open(target / file, FLAGS), "rb") as opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise ValueError(f"{file} is no file of its own")
        if not re.match(begin, opened.read(16), re.DOTALL):
            raise ValueError(f"{file} is no {kind}")
    if (said["type"], said["bytes"]) != (kind, found.st_size):
        raise ValueError(f"{file} is not as it was told")
    size = _natural(said["bytes"], FILE_BYTES)
    name = file.partition(".")[0]
    return Variant(name, file, kind, _natural(said["width"], 2048), _natural(said["height"], 2048), size)


def _natural(value: object, most: int) -> int:
    if not isinstance(value, int) or not 0 < value <= most:
        raise ValueError(f"{value!r} is not between 1 and {most}")
    return int(value)
