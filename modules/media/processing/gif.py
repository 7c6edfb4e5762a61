"""
A GIF's frames, counted before anything is decoded.

Pillow counts them by walking over all of them, and lets a frame enlarge the canvas.
"""

from typing import NamedTuple

TRAILER, EXTENSION, FRAME = 0x3B, 0x21, 0x2C
HAS_TABLE, TABLE_SIZE = 0x80, 0x07


class Frames(NamedTuple):
    """How many there are, and the rectangle that holds all of them."""

    number: int
    width: int
    height: int


def count_frames(data: bytes, most: int) -> Frames:
    """
    Walk over a GIF's blocks, up to one frame more than `most`.

    :raises IndexError: if it ends within a block; without a trailer it may end
    """
    width, height = _size(data, 6)
    position = 13 + _table(data[10])
    count = 0
    while count <= most and position < len(data) and data[position] != TRAILER:
        kind = data[position]
        if kind == FRAME:
            left, top = _size(data, position + 1)
            across, down = _size(data, position + 5)
            width, height = max(width, left + across), max(height, top + down)
            count += 1
            position = _after_blocks(data, position + 11 + _table(data[position + 9]))
        elif kind == EXTENSION:
            position = _after_blocks(data, position + 2)
        else:
            # Readers skip what is no block; so does Pillow.
            position += 1
    return Frames(count, width, height)


def _size(data: bytes, at: int) -> tuple[int, int]:
    return data[at] | data[at + 1] << 8, data[at + 2] | data[at + 3] << 8


def _table(flags: int) -> int:
    return 3 << (flags & TABLE_SIZE) + 1 if flags & HAS_TABLE else 0


def _after_blocks(data: bytes, position: int) -> int:
    while data[position]:
        position += data[position] + 1
    return position + 1
