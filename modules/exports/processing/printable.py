"""
What of a text can be printed with the fonts that typst has inside: Latin, Greek, Cyrillic, Armenian, Hebrew,
Arabic, Georgian, Lao, Cherokee, and signs. There is no other script and no emoji in them.

The standard for screen readers wants a glyph for each character, and refuses a document with one that has
none; so what has none is a box before typst sees it. Found by trial, a character at a time, with 0.15.2.
"""

import re
from typing import Final

_PRINTED: Final = """
    20-7e a0-ac ae-484 487-4ff 510-513 51a-51d 531-5f4 606-60c 615 61b 61f 621-63a 640-655 65a
    660-66d 674 679-67b 67e-680 683-684 686-687 691 698 6a4 6a9 6af 6be 6cc 6f0-6f9 900-950 955-97f
    e3f e81-e84 e87-e88 e8a e8d e94-e97 e99-e9f ea1-ea7 eaa-eab ead-eb9 ebb-ebc ec8-ecd 10d0-10ff
    115f-1160 13a0-13fd 17b4-17b5 17c1-17c3 180b-180d 180f 1d00-1dbf 1e00-200a 2010-2029 202f-2040
    2042 2044-2052 2054-205f 2070-20c0 2100-211e 2120 2122 2124 2126-2151 2153-2184 2189 2190-23ff
    2422-2423 2460-262f 2638-268b 2690-269c 26a0-26a7 26aa-26b2 2701-2704 2706-2709 270c-2727
    2729-274b 274d 274f-2752 2756 2758-275e 2761-277f 2794 2798-27af 27b1-2bff 2c60-2cff 2e02-2e05
    2e08-2e0a 2e17-2e18 2e1f 2e22-2e25 2e2e a640-a641 a648-a649 a656-a657 a708-a716 a71b-a727 a72d
    a730 a735 a765 a789-a78e a790-a791 a793 a7aa a7f8-a7f9 fb00-fb4f fb52-fb81 fb8a-fb95 fb9e-fb9f
    fbaa-fbad fbe8-fbe9 fbfc-fbff fe2e-fe2f
"""
BOX: Final = "\u25a1"
# Joiners and choices of how an emoji looks: nothing by themselves, and no box.
_UNSEEN: Final = re.compile("[\u034f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# More accents than any language has on a letter reach over other lines.
_HEAP: Final = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")
# typst breaks a line between words, and where it is told to.
_LONG: Final = re.compile(r"\S{40}(?=\S)")
_BREAK: Final = "\u200b"


def _to_class(ranges: str) -> str:
    """Return ranges of hexadecimal numbers as a part of a class of a regular expression."""
    return "".join("-".join(f"\\U{int(end, 16):08x}" for end in each.split("-")) for each in ranges.split())


_ABSENT: Final = re.compile(f"[^{_to_class(_PRINTED)}\n]+")


def to_printable(text: str) -> str:
    """Return a text with a box for each run of what cannot be printed, and places where long words break."""
    seen = _HEAP.sub(r"\1", _UNSEEN.sub("", text))
    return _LONG.sub(rf"\g<0>{_BREAK}", _ABSENT.sub(BOX, seen))


def shorten(text: str, most: int) -> str:
    """Return the beginning of a text, up to a word, with an ellipsis if there is more."""
    if len(text) <= most:
        return text
    beginning = text[: most + 1]
    return f"{beginning.rpartition(' ')[0] or beginning[:most]} \u2026"
