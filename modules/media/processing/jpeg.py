"""A JPEG's scans, counted before anything is decoded."""

import re

END, START_OF_SCAN = 0xD9, 0xDA
# Within a scan: 0xFF is followed by 0 or by the number of a restart, unless the scan ends there.
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def count_scans(data: bytes, most: int) -> int:
    """
    Walk from marker to marker to the picture's end, up to one scan more than `most`.

    Segments are passed over, for they may hold anything, and so is what follows the end: phones put a video
    there.
    """
    scans, position = 0, 2
    while scans <= most and (found := MARKER.search(data, position)):
        kind = data[found.start() + 1]
        if kind == END:
            break
        scans += kind == START_OF_SCAN
        position = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
    return scans
