"""
Files that somebody meant: faults.md's list of hostile pictures, each with what is to become of it.

All are made here, and small. `None`: it is shown, and nothing of it but its pixels is left.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

from modules.media.processing import Reason
from tests.media.processing.made import (
    CANARY,
    SEED,
    chunk,
    exif,
    gif,
    gif_frame,
    jpeg_of_size,
    jpeg_with,
    lines,
    moving,
    photo,
    png,
    quarters,
    saved,
    segment,
    zeros,
)

SCRIPT = b"<script>alert('" + CANARY + b"')</script>"


def _archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(CANARY.decode() + ".html", SCRIPT)
    return file.getvalue()


def _scans(count: int) -> bytes:
    """The last scan of a progressive JPEG, over and over."""
    picture = saved(photo(64, 64), "JPEG", progressive=True)
    last = picture.rfind(b"\xff\xda")
    return picture[:last] + picture[last:-2] * count + picture[-2:]


def _profile_of(size: int) -> bytes:
    data = random.Random(SEED).randbytes(size)
    parts = [data[at : at + 65_000] for at in range(0, size, 65_000)]
    return b"".join(
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, 1)
    )


def _ifd_that_leads_to_itself() -> bytes:
    entry = struct.pack(">HHII", 0x8769, 4, 1, 8)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 8)


def _apng(frames: int) -> bytes:
    picture = moving("PNG", 3)
    return picture.replace(
        chunk(b"acTL", struct.pack(">II", 3, 0)), chunk(b"acTL", struct.pack(">II", frames, 0))
    )


def _webp_canvas(width: int, height: int) -> bytes:
    picture = moving("WEBP", 2)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return picture[:24] + sides + picture[30:]


def _avif_of(width: int, height: int) -> bytes:
    picture = saved(quarters(), "AVIF", speed=10)
    at = picture.find(b"ispe") + 8
    return picture[:at] + struct.pack(">II", width, height) + picture[at + 8 :]


def _text(name: bytes, size: int) -> bytes:
    return chunk(name, b"Comment\0\0" + zeros(size))


PIXELS, FRAMES, TYPE, BROKEN = (
    Reason.TOO_MANY_PIXELS,
    Reason.TOO_MANY_FRAMES,
    Reason.UNSUPPORTED_TYPE,
    Reason.UNREADABLE,
)

Case = tuple[Callable[[], bytes], Reason | None]
CASES: dict[str, Case] = {
    # More than it looks like.
    "10 kB of PNG that are 9000 x 9000": (lambda: png(9000, 9000, bits=1, data=lines(9000, 9000, 1)), PIXELS),
    "a PNG of 13000 x 13000": (lambda: png(13_000, 13_000, data=b""), PIXELS),
    "a PNG of 400 megapixels": (lambda: png(20_000, 20_000, bits=1, data=lines(20_000, 20_000, 1)), PIXELS),
    "a PNG of 2 147 483 647 a side": (lambda: png(2**31 - 1, 2**31 - 1), PIXELS),
    "a PNG of nothing": (lambda: png(0, 8), BROKEN),
    "a PNG of one line": (lambda: png(16_384, 1, data=lines(16_384, 1)), Reason.BAD_PROPORTIONS),
    "a PNG with 64 MiB behind its pixels": (lambda: png(8, 8, data=zeros(64 << 20)), None),
    "a JPEG of 65500 x 65500": (lambda: jpeg_of_size(65_500, 65_500, saved(quarters(), "JPEG")), PIXELS),
    "a WebP canvas of 16384 x 16384": (lambda: _webp_canvas(16_384, 16_384), PIXELS),
    "an AVIF that says 60000 x 60000": (lambda: _avif_of(60_000, 60_000), BROKEN),
    "a GIF of 65535 x 65535": (lambda: gif(65_535, 65_535, gif_frame()), PIXELS),
    "a GIF frame beyond its canvas": (lambda: gif(8, 8, gif_frame(60_000, 60_000, 5_000)), PIXELS),
    "a GIF of 100 000 frames": (lambda: gif(1, 1, gif_frame() * 100_000), FRAMES),
    "a GIF of 50 large frames": (lambda: gif(4_000, 4_000, gif_frame() * 50), FRAMES),
    "a WebP of 601 frames": (lambda: moving("WEBP", 601, side=8), FRAMES),
    "a GIF of 600 frames of 370 x 370": (lambda: gif(370, 370, gif_frame() * 600), FRAMES),
    # As many pixels as there may be are measured by benchmarks/pictures.py: they take seconds.
    "a GIF of 600 frames of 150 x 150": (lambda: moving("GIF", 600, side=150), None),
    "a PNG that promises 100 000 frames": (lambda: _apng(100_000), FRAMES),
    "a PNG that promises two frames too many": (lambda: _apng(5), BROKEN),
    "an AVIF of 601 frames": (lambda: moving("AVIF", 601, side=8), FRAMES),
    "a JPEG of 5 000 scans": (lambda: _scans(5_000), Reason.TOO_MANY_SCANS),
    "a PNG with 16 MiB of deflated text": (
        lambda: png(8, 8, _text(b"zTXt", 16 << 20), data=lines(8, 8)),
        BROKEN,
    ),
    "a PNG with 70 texts of a mebibyte": (
        lambda: png(8, 8, _text(b"zTXt", 1 << 20) * 70, data=lines(8, 8)),
        BROKEN,
    ),
    "a PNG with a profile of 16 MiB": (lambda: png(8, 8, _text(b"iCCP", 16 << 20), data=lines(8, 8)), BROKEN),
    "a PNG with 20 000 chunks": (
        lambda: png(8, 8, chunk(b"tEXt", b"a\0" + CANARY) * 20_000, data=lines(8, 8)),
        None,
    ),
    "a JPEG with a profile of noise": (lambda: jpeg_with(_profile_of(100_000)), None),
    "a JPEG with a profile of 4 MiB": (lambda: jpeg_with(_profile_of(4 << 20)), None),
    # Not what it is called.
    "SVG": (lambda: b"<?xml version='1.0'?><svg onload='alert(1)'/>", TYPE),
    "HTML": (lambda: b"\xef\xbb\xbf  <!doctype html>" + SCRIPT, TYPE),
    "PDF": (lambda: b"%PDF-1.7\n" + SCRIPT, TYPE),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n", TYPE),
    "EPS with a preview": (lambda: b"\xc5\xd0\xd3\xc6" + bytes(26), TYPE),
    "TIFF": (lambda: saved(quarters(), "TIFF"), TYPE),
    "Photoshop": (lambda: b"8BPS\0\1" + bytes(20), TYPE),
    "FITS": (lambda: b"SIMPLE  =                    T", TYPE),
    "BMP": (lambda: saved(quarters(), "BMP"), TYPE),
    "ICO": (lambda: saved(quarters(), "ICO"), TYPE),
    "PPM": (lambda: saved(quarters(), "PPM"), TYPE),
    "JPEG 2000": (lambda: saved(quarters(), "JPEG2000"), TYPE),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), Reason.HEIC_UNSUPPORTED),
    "ZIP": (_archive, TYPE),
    "MP4": (lambda: b"\0\0\0\x14ftypisom\0\0\0\0isom" + bytes(64), TYPE),
    "RIFF that is a sound": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(24), TYPE),
    # Two things at once.
    "JPEG and ZIP": (lambda: saved(quarters(), "JPEG") + _archive(), None),
    "JPEG whose comment is a script": (lambda: jpeg_with(segment(0xFE, SCRIPT)), None),
    "PNG and HTML": (lambda: saved(quarters(), "PNG") + SCRIPT, None),
    "GIF whose head is a script": (
        lambda: gif(0x2A2F, 1, b"!\xfe" + bytes([len(SCRIPT)]) + SCRIPT + b"\0"),
        Reason.BAD_PROPORTIONS,
    ),
    "WebP and PDF": (lambda: saved(quarters(), "WEBP") + b"%PDF-1.7" + SCRIPT, None),
    # Broken, or lies.
    "nothing": (lambda: b"", Reason.EMPTY),
    "one byte": (lambda: b"\xff", TYPE),
    "the first bytes of a JPEG": (lambda: b"\xff\xd8\xff", BROKEN),
    "half a JPEG": (lambda: saved(photo(200, 200), "JPEG")[:3_000], BROKEN),
    "half a PNG": (lambda: saved(photo(64, 64), "PNG")[:3_000], BROKEN),
    "half a WebP": (lambda: saved(photo(200, 200), "WEBP")[:1_500], BROKEN),
    "half a GIF": (lambda: saved(photo(64, 64), "GIF")[:2_000], BROKEN),
    "half an AVIF": (lambda: saved(photo(200, 200), "AVIF", speed=10)[:1_500], BROKEN),
    "a GIF without a frame": (lambda: gif(8, 8, b""), BROKEN),
    "a JPEG whose EXIF leads to itself": (
        lambda: jpeg_with(segment(0xE1, _ifd_that_leads_to_itself())),
        None,
    ),
    "a JPEG whose EXIF is noise": (
        lambda: jpeg_with(segment(0xE1, b"Exif\0\0" + random.Random(SEED).randbytes(60_000))),
        None,
    ),
    "a JPEG that is turned by 99": (lambda: saved(quarters(), "JPEG", exif=exif(99)), None),
    "a JPEG of 7100 x 7100 that ends at once": (
        lambda: jpeg_of_size(7_100, 7_100, saved(quarters().convert("CMYK"), "JPEG", progressive=True)),
        PIXELS,
    ),
    "a JPEG of 4900 x 4900 that ends at once": (
        lambda: jpeg_of_size(4_900, 4_900, saved(quarters().convert("CMYK"), "JPEG", progressive=True)),
        None,
    ),
    "a PNG whose check sums are wrong": (
        lambda: saved(quarters(), "PNG").replace(b"IDAT", b"IDAT\1", 1),
        BROKEN,
    ),
    "a PNG whose pixels are noise": (lambda: png(64, 64, data=random.Random(SEED).randbytes(500)), BROKEN),
    "a PNG with fewer lines than it says": (lambda: png(64, 64, data=zlib.compress(bytes(65))), None),
}
