"""
A picture in some thirty letters, for a blurred place-holder while it loads.

The algorithm is Wolt's (github.com/woltapp/blurhash, Algorithm.md, MIT): the lowest terms of a cosine
transform of linear light, written in base 83. Here, because a package more would be one more inside the
sandbox.
"""

from collections.abc import Iterable
from math import cos, pi

from PIL import Image

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
LONG, SHORT = 4, 3
SIDE = 32
LINEAR = [each / 255 / 12.92 if each <= 10 else ((each / 255 + 0.055) / 1.055) ** 2.4 for each in range(256)]

Color = tuple[float, float, float]


def blurhash(image: Image.Image) -> str:
    """Return the blurhash of an RGB picture: four terms along its longer side, three along the other."""
    across, down = (LONG, SHORT) if image.width >= image.height else (SHORT, LONG)
    small = image.resize((min(SIDE, image.width), min(SIDE, image.height)), Image.Resampling.BOX)
    first, *others = _terms(small, across, down)
    most = max(abs(channel) for term in others for channel in term)
    scale = max(0, min(82, int(most * 166 - 0.5)))
    return "".join(
        [
            _base83(across - 1 + (down - 1) * 9, 1),
            _base83(scale, 1),
            _base83(_digits((_to_srgb(channel) for channel in first), 256), 4),
            *(
                _base83(_digits((_quantized(each / (scale + 1) * 166) for each in term), 19), 2)
                for term in others
            ),
        ]
    )


def _terms(image: Image.Image, across: int, down: int) -> list[Color]:
    width, height = image.size
    light = [LINEAR[each] for each in image.tobytes()]
    columns = [[cos(pi * i * x / width) for x in range(width)] for i in range(across)]
    rows = [[cos(pi * j * y / height) for y in range(height)] for j in range(down)]
    # First along each line, then across them: a twelfth of the work of doing both at once.
    lines = [
        [
            [sum(map(float.__mul__, column, light[start + c : start + 3 * width : 3])) for c in range(3)]
            for column in columns
        ]
        for start in range(0, 3 * width * height, 3 * width)
    ]
    terms = []
    for j, row in enumerate(rows):
        for i in range(across):
            weight = (1 if i == j == 0 else 2) / (width * height)
            red, green, blue = (
                weight * sum(k * line[i][c] for k, line in zip(row, lines, strict=True)) for c in range(3)
            )
            terms.append((red, green, blue))
    return terms


def _to_srgb(light: float) -> int:
    light = max(0.0, min(1.0, light))
    return int((light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055) * 255 + 0.5)


def _quantized(share: float) -> int:
    root = abs(share) ** 0.5
    return max(0, min(18, int((root if share >= 0 else -root) * 9 + 9.5)))


def _digits(values: Iterable[int], base: int) -> int:
    number = 0
    for value in values:
        number = number * base + value
    return number


def _base83(value: int, length: int) -> str:
    return "".join(DIGITS[value // 83**power % 83] for power in range(length - 1, -1, -1))
