"""From bytes to a picture that may be decoded: one parser, and what it declares is looked at first."""

import importlib
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageFile

from modules.media.processing import limits
from modules.media.processing.gif import count_frames
from modules.media.processing.jpeg import count_scans
from modules.media.processing.refusals import Reason, Refused

# `Image.open` would load five plugins and, of a JPEG, its other pictures (MPO) as well.
PLUGINS = {
    "image/jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "image/png": ("PIL.PngImagePlugin", "PngImageFile"),
    "image/gif": ("PIL.GifImagePlugin", "GifImageFile"),
    "image/webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "image/avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
WEBP_CANVAS = slice(24, 30)


class Source(NamedTuple):
    """An opened picture, nothing of it decoded yet; frames are those that are shown, from `first`."""

    image: ImageFile.ImageFile
    frames: int
    first: int


def load_plugin(kind: str) -> type[ImageFile.ImageFile]:
    """Import the one parser of a type of picture."""
    name, plugin_name = PLUGINS[kind]
    module = importlib.import_module(name)
    # AVIF's alone; by itself it starts a thread for each core, which the child may not.
    vars(module)["DEFAULT_MAX_THREADS"] = 1
    plugin: type[ImageFile.ImageFile] = getattr(module, plugin_name)
    return plugin


def open_picture(data: bytes, kind: str, plugin: type[ImageFile.ImageFile]) -> Source:
    """
    Read a picture's header and compare what it declares with the limits.

    :raises Refused: if it declares more than is decoded here, or cannot be read
    """
    # Pillow's own limit of pixels warns, and warnings are errors; this one says what it is.
    Image.MAX_IMAGE_PIXELS = limits.MAX_PIXELS_OF_JPEG
    _check_declared(data, kind)
    try:
        image = plugin(BytesIO(data))
        frames = count_frames(data, limits.MAX_FRAMES).number if kind == "image/gif" else _frames(image)
    except Image.DecompressionBombError as error:
        raise Refused(Reason.TOO_MANY_PIXELS, str(error)) from error
    _check_size(image.width, image.height, _most_pixels(image))
    _check_frames(frames, image.width * image.height)
    first = 1 if frames > 1 and getattr(image, "default_image", False) else 0
    return Source(image, frames - first, first)


def _check_declared(data: bytes, kind: str) -> None:
    """Look at what a parser would act upon while it opens the file."""
    if kind == "image/gif":
        found = count_frames(data, limits.MAX_FRAMES)
        _check_size(found.width, found.height, limits.MAX_PIXELS)
        _check_frames(found.number, found.width * found.height)
    elif kind == "image/webp" and data[12:16] == b"VP8X":
        # Its decoder makes the canvas when it is opened.
        canvas = data[WEBP_CANVAS]
        width, height = (1 + int.from_bytes(canvas[at : at + 3], "little") for at in (0, 3))
        _check_size(width, height, limits.MAX_PIXELS)
    elif kind == "image/jpeg" and count_scans(data, limits.MAX_SCANS) > limits.MAX_SCANS:
        raise Refused(Reason.TOO_MANY_SCANS, f"It has more than {limits.MAX_SCANS} scans.")


def _frames(image: ImageFile.ImageFile) -> int:
    return int(getattr(image, "n_frames", 1))


def _most_pixels(image: ImageFile.ImageFile) -> int:
    """Of a JPEG that comes line by line, more: a progressive one is held whole, whatever it is decoded to."""
    by_line = image.format == "JPEG" and image.mode in ("L", "RGB") and "progressive" not in image.info
    return limits.MAX_PIXELS_OF_JPEG if by_line else limits.MAX_PIXELS


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise Refused(Reason.TOO_MANY_PIXELS, f"It is {width} x {height}; {most} pixels are read at most.")
    longest, shortest = max(width, height), max(1, min(width, height))
    if longest > limits.MAX_SIDE or longest > shortest * limits.MAX_RATIO:
        raise Refused(
            Reason.BAD_PROPORTIONS,
            f"It is {width} x {height}; {limits.MAX_SIDE} a side and {limits.MAX_RATIO}:1 are read at most.",
        )


def _check_frames(frames: int, pixels: int) -> None:
    if frames > limits.MAX_FRAMES or (frames > 1 and frames * pixels > limits.MAX_PIXELS_OF_FRAMES):
        raise Refused(
            Reason.TOO_MANY_FRAMES,
            f"It has {frames} frames or more, of {pixels} pixels; {limits.MAX_FRAMES} are read at most, "
            f"and {limits.MAX_PIXELS_OF_FRAMES} pixels of all.",
        )
