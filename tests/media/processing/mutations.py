"""
`python -m tests.media.processing.mutations <folder> <each>`: broken pictures, each in a child of its own.

Forked from one process that has loaded everything: a start costs ten times what such a picture costs. Limits
and sandbox are those of every child. Prints what became of them as JSON.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import sys
import zlib
from collections import Counter
from pathlib import Path

from modules.media.processing import decoding
from modules.media.processing.__main__ import main
from modules.media.processing.outcomes import read_outcome
from tests.media.processing.made import (
    SEED,
    exif,
    jpeg_with,
    moving,
    photo,
    profile,
    quarters,
    saved,
    segment,
)

WITHIN_S = 20


def originals() -> dict[str, bytes]:
    """Small pictures that have as many parts as there are."""
    picture = photo(40, 30)
    return {
        "image/jpeg": jpeg_with(
            segment(0xE2, b"ICC_PROFILE\0\1\1" + profile()),
            picture=saved(picture, "JPEG", exif=exif(6), progressive=True),
        ),
        "image/png": saved(quarters().quantize(), "PNG", exif=exif(3), icc_profile=profile(), transparency=1),
        "image/gif": moving("GIF", 3),
        "image/webp": moving("WEBP", 2),
        "image/avif": saved(picture, "AVIF", speed=10, exif=exif(8), xmp=b"<x/>"),
    }


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change a few bytes, or cut, double or move a piece."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.randrange(len(changed))
        piece = changed[at : at + dice.randrange(1, 64)]
        match dice.randrange(6):
            case 0 | 1:
                changed[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, dice.randrange(256)))
            case 2:
                changed[at] ^= 1 << dice.randrange(8)
            case 3:
                del changed[at : at + len(piece)]
            case 4:
                changed[at:at] = piece * dice.choice((1, 2, 200))
            case _:
                elsewhere = dice.randrange(len(changed))
                changed[elsewhere : elsewhere + len(piece)] = piece
        changed = changed or bytearray(b"\0")
    return bytes(changed)


def repaired(data: bytes) -> bytes:
    """Give a PNG's chunks the check sums that they should have."""
    whole, position = bytearray(data), 8
    while position + 12 <= len(whole):
        end = position + 8 + int.from_bytes(whole[position : position + 4], "big")
        whole[end : end + 4] = zlib.crc32(whole[position + 4 : end]).to_bytes(4, "big")[
            : max(0, len(whole) - end)
        ]
        position = end + 4
    return bytes(whole)


def run(data: bytes, folder: Path) -> tuple[str, int, float]:
    """Process in a fork; returns what became of it, its memory at most in KiB, and its CPU in seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    source, answer = folder.with_suffix(".source"), folder.with_suffix(".answer")
    source.write_bytes(data)
    if not (child := os.fork()):
        _become_child(source, folder, answer)
    ended = os.pidfd_open(child)
    if not select.select([ended], [], [], WITHIN_S)[0]:
        os.kill(child, 9)
        return "hung", 0, 0
    os.close(ended)
    _, status, usage = os.wait4(child, 0)
    if status:
        return f"ended with {os.waitstatus_to_exitcode(status)}", 0, usage.ru_utime
    outcome = read_outcome(answer.read_bytes(), folder)
    return outcome.reason or "ok", outcome.peak_kib, usage.ru_utime + usage.ru_stime


def _become_child(source: Path, folder: Path, answer: Path) -> None:
    os.dup2(os.open(answer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    sys.argv = ["", str(source), str(folder)]
    code = 1
    try:
        main()
        sys.stdout.flush()
        code = 0
    finally:
        os._exit(code)


def fuzz(folder: Path, each: int) -> dict[str, dict[str, int]]:
    """Process so many mutations of each type."""
    became: dict[str, Counter[str]] = {}
    most_kib, most_cpu = 0, 0.0
    for kind, data in originals().items():
        dice = random.Random(f"{SEED} {kind}")
        decoding.load_plugin(kind)
        became[kind] = Counter()
        for _ in range(each):
            broken = mutated(data, dice)
            # Broken check sums alone would keep all others from being found.
            what, kib, cpu = run(repaired(broken) if kind == "image/png" else broken, folder / "made")
            became[kind][what] += 1
            most_kib, most_cpu = max(most_kib, kib), max(most_cpu, cpu)
    return {**became, "most": {"kib": most_kib, "cpu_ms": round(most_cpu * 1000)}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(fuzz(Path(sys.argv[1]), int(sys.argv[2]))))
