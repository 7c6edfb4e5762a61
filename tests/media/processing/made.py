"""Pictures made by code: good ones of every kind, and the pieces that hostile ones are put together from."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

CANARY = b"banyan-canary-7f3a"
TEXT = CANARY.decode()
SEED = 20261127
ORIENTATION, GPS = 0x0112, 0x8825


def photo(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Noise at several scales and some edges: what costs an encoder about as much as a photograph."""
    dice = random.Random(SEED)
    picture = Image.new("RGB", (width, height), (90, 120, 60))
    for across, weight in ((8, 0.8), (32, 0.4), (128, 0.2)):
        size = (across, max(1, across * height // width))
        noise = Image.frombytes("RGB", size, dice.randbytes(3 * size[0] * size[1]))
        picture = Image.blend(picture, noise.resize((width, height), Image.Resampling.BICUBIC), weight)
    draw = ImageDraw.Draw(picture)
    for _ in range(20):
        x, y, side = dice.randrange(width), dice.randrange(height), dice.randrange(1, 2 + width // 8)
        draw.ellipse((x, y, x + side, y + side), fill=tuple(dice.randbytes(3)))
    return picture.convert(mode)


def quarters(width: int = 40, height: int = 20) -> Image.Image:
    """Red, green / blue, white: which way is up can be seen."""
    picture = Image.new("RGB", (width, height), "white")
    across, down = width // 2, height // 2
    picture.paste("red", (0, 0, across, down))
    picture.paste("lime", (across, 0, width, down))
    picture.paste("blue", (0, down, across, height))
    return picture


def saved(picture: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def moving(kind: str, frames: int, side: int = 24) -> bytes:
    """Frames so different that no encoder makes one of two."""
    pictures = [Image.new("RGB", (side, side), ("red", "lime", "blue")[each % 3]) for each in range(frames)]
    return saved(pictures[0], kind, save_all=True, append_images=pictures[1:], duration=40)


def exif(orientation: object = 1) -> Image.Exif:
    """Where the picture was taken, and by whom."""
    told = Image.Exif()
    told[ORIENTATION] = orientation
    told[0x013B] = TEXT
    told.get_ifd(GPS)[0x001D] = TEXT
    return told


def profile() -> bytes:
    """An ICC profile in which red is green and green is red."""

    def number(value: float) -> bytes:
        return struct.pack(">i", round(value * 65_536))

    def color(*xyz: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(number, xyz))

    text = TEXT.encode() + b"\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text\0\0\0\0" + text,
        b"wtpt": color(0.9642, 1.0, 0.8249),
        b"rXYZ": color(0.3851, 0.7169, 0.0971),
        b"gXYZ": color(0.4360, 0.2225, 0.0139),
        b"bXYZ": color(0.1431, 0.0606, 0.7139),
        **{each + b"TRC": b"curv\0\0\0\0" + struct.pack(">IHH", 1, 0x0233, 0) for each in (b"r", b"g", b"b")},
    }
    table, content = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", begin + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4sI4s4s4s", begin + len(content), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    return (
        (head + bytes(12) + b"acsp" + bytes(28) + color(0.9642, 1.0, 0.8249)[8:]).ljust(128, b"\0")
        + table
        + content
    )


def png(width: int, height: int, *chunks: bytes, kind: int = 0, bits: int = 8, data: bytes = b"") -> bytes:
    """A PNG that declares what it is told to."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def zeros(size: int) -> bytes:
    """Zeros by the hundred million, deflated, without ever being as many here."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


def lines(width: int, height: int, bits: int = 8) -> bytes:
    """The deflated pixels of a black PNG."""
    packer = zlib.compressobj(9)
    line = bytes(1 + (width * bits + 7) // 8)
    return b"".join(packer.compress(line) for _ in range(height)) + packer.flush()


def gif(width: int, height: int, frames: bytes) -> bytes:
    return (
        b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + frames + b";"
    )


def gif_frame(width: int = 1, height: int = 1, left: int = 0) -> bytes:
    """One pixel, whatever the frame says that it has."""
    return b"," + struct.pack("<HHHHB", left, 0, width, height, 0) + b"\2\2\x44\1\0"


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG, to be put in behind its first two bytes."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg_with(*segments: bytes, picture: bytes = b"") -> bytes:
    picture = picture or saved(quarters(), "JPEG")
    return picture[:2] + b"".join(segments) + picture[2:]


def jpeg_of_size(width: int, height: int, picture: bytes) -> bytes:
    """A JPEG that says that it is larger than it is."""
    start = next(at for at in (picture.find(b"\xff\xc0"), picture.find(b"\xff\xc2")) if at > 0)
    return picture[: start + 5] + struct.pack(">HH", height, width) + picture[start + 9 :]
