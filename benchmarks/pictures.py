"""
`python -m benchmarks.pictures [--json]`: what a photo of 12 megapixels and each hostile file cost the child.

Nothing else is measured and no server is started. CPU is the child's, its start included; memory is what it
had at most. The photo is made by code; so are the hostile files, which are those of the tests.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import NamedTuple

from modules.media.processing import Outcome, process
from tests.media.processing.hostile import CASES
from tests.media.processing.made import moving, photo, saved


class Row(NamedTuple):
    """One file and what became of it."""

    name: str
    bytes: int
    became: str
    cpu_ms: int
    peak_mib: int


def measure(name: str, data: bytes) -> tuple[Row, Outcome]:
    """Process one file."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.write_bytes(data)
        target.mkdir()
        outcome = process(source, target)
    became = "shown" if outcome.ok else str(outcome.reason)
    return Row(name, len(data), became, round(outcome.cpu_s * 1000), outcome.peak_kib // 1024), outcome


def saved_frames(kind: str, frames: int, side: int, **how: object) -> bytes:
    """Return an animation of photos, which no encoder makes small."""
    picture = photo(side, side)
    turned = [picture.rotate(90 * quarter) for quarter in range(4)]
    others = [turned[each % 4] for each in range(1, frames)]
    return saved(picture, kind, save_all=True, append_images=others, duration=40, **how)


def good() -> dict[str, bytes]:
    """A photo in each format, and animations of as many frames, and as many pixels, as there may be."""
    picture = photo(4_000, 3_000)
    return {
        "photo of 12 MP, JPEG": saved(picture, "JPEG", quality=90),
        "photo of 12 MP, progressive JPEG": saved(picture, "JPEG", quality=90, progressive=True),
        "photo of 12 MP, PNG": saved(picture, "PNG", compress_level=1),
        "photo of 12 MP, WebP": saved(picture, "WEBP", method=0),
        "photo of 12 MP, AVIF": saved(picture, "AVIF", speed=10),
        "GIF of 60 frames, 480 x 480": moving("GIF", 60, side=480),
        "GIF of 600 frames, 365 x 365": moving("GIF", 600, side=365),
        "WebP of 60 frames, 1150 x 1150": saved_frames("WEBP", 60, 1150, method=0),
        "AVIF of 60 frames, 1150 x 1150": saved_frames("AVIF", 60, 1150, speed=10),
    }


def main() -> None:
    """Measure all and print a table, or JSON."""
    parser = argparse.ArgumentParser(description="what pictures cost the child that processes them")
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args().json
    measured = [measure(name, data) for name, data in good().items()]
    measured += [measure(name, make()) for name, (make, _) in CASES.items()]
    variants = measured[0][1].variants
    if as_json:
        rows = [row._asdict() for row, _ in measured]
        print(json.dumps({"files": rows, "variants": [each._asdict() for each in variants]}))
        return
    for row, _ in measured:
        print(f"{row.name:46}{row.bytes:>11,} B  {row.became:18}{row.cpu_ms:>6} ms{row.peak_mib:>5} MiB")
    print("\nVariants of the first:")
    for each in variants:
        print(f"{each.file:12}{each.width:>6} x {each.height:<6}{each.bytes:>9,} B")


if __name__ == "__main__":
    main()
