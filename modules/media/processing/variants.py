"""
What is made of each picture: `thumb`, `feed` and `full` in WebP, and `feed` in JPEG.

Measured on six photographs (those of scikit-image and scikit-learn), libwebp 1.6 at its default against
libaom by libavif 1.4, at the same structural similarity: AVIF at speed 6 is 9 % smaller and takes ten times
the CPU, at speed 8 as large at three times, at speed 10 as fast and 9 % larger. It does not pay. JPEG is 39
% larger at a fifth of the CPU; the one there is serves what shows nothing else: previews of links, and mail.
"""

from io import BytesIO
from typing import NamedTuple

from PIL import Image, JpegImagePlugin, WebPImagePlugin

from modules.media.processing import pixels
from modules.media.processing.blurhash import blurhash
from modules.media.processing.decoding import Source

# Registered now, before the child has left all files: a saver that is missing has Pillow load all plugins.
ENCODERS = (JpegImagePlugin, WebPImagePlugin)
THUMB, FEED, FULL = 320, 1080, 2048
# Of all frames of a moving picture together, once resized.
MOVING_PIXELS = 24_000_000

WEBP: dict[str, object] = {"format": "WEBP", "quality": 75, "method": 4}
MOVING: dict[str, object] = {"format": "WEBP", "quality": 60, "method": 0, "save_all": True, "loop": 0}
JPEG: dict[str, object] = {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True}


class Encoded(NamedTuple):
    """One file to be written."""

    name: str
    file: str
    type: str
    width: int
    height: int
    data: bytes


class Rendered(NamedTuple):
    """All that is made of one picture; width and height are the original's, upright."""

    width: int
    height: int
    blurhash: str
    variants: list[Encoded]


def render(source: Source) -> Rendered:
    """Decode a picture once and encode all its variants; a moving one moves in `feed` and `full`."""
    size = source.image.size
    pixels.decode(source, FULL)
    turn = pixels.find_turn(source.image)
    full = pixels.still(source, FULL, turn)
    feed = full.resize(pixels.fit(*full.size, FEED), Image.Resampling.BICUBIC)
    thumb = feed.resize(pixels.fit(*feed.size, THUMB), Image.Resampling.BICUBIC)
    variants = [
        _encoded("thumb", thumb, WEBP),
        *(_moving(source, turn) if source.frames > 1 else _still(feed, full)),
        _encoded("feed", pixels.on_white(feed), JPEG),
    ]
    return Rendered(*pixels.turned(size, turn), blurhash(pixels.on_white(thumb)), variants)


def _still(feed: Image.Image, full: Image.Image) -> list[Encoded]:
    return [_encoded("feed", feed, WEBP), _encoded("full", full, WEBP)]


def _moving(source: Source, turn: Image.Transpose | None) -> list[Encoded]:
    """One size for both: an animation has its pixels many times over."""
    frames = list(pixels.moving(source, FEED, MOVING_PIXELS // source.frames, turn))
    first, others = frames[0][0], [frame for frame, _ in frames[1:]]
    durations = [duration for _, duration in frames]
    feed = _encoded("feed", first, {**MOVING, "append_images": others, "duration": durations})
    return [feed, feed._replace(name="full", file="full.webp")]


def _encoded(name: str, image: Image.Image, how: dict[str, object]) -> Encoded:
    file = BytesIO()
    image.save(file, **how)  # type: ignore[arg-type]
    kind = str(how["format"]).lower()
    ending = "jpg" if kind == "jpeg" else kind
    return Encoded(name, f"{name}.{ending}", f"image/{kind}", *image.size, file.getvalue())
