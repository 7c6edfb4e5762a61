"""From a picture to plain pixels: upright, sRGB, eight bits, no larger than asked, nothing beside them."""

from collections.abc import Iterator
from io import BytesIO
from typing import cast

from PIL import Image, ImageCms, ImageFile

from modules.media.processing.decoding import Source
from modules.media.processing.limits import MAX_PROFILE_BYTES

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
WHITE = (255, 255, 255)


def decode(source: Source, side: int) -> None:
    """
    Decode the first frame that is shown.

    Before anything else is asked of it: Pillow fails once, and has an empty picture for who asks again.
    """
    # Of JPEG alone: libjpeg decodes at an eighth, a quarter or a half if that is no smaller.
    source.image.draft("RGB", fit(source.image.width, source.image.height, side))
    source.image.seek(source.first)
    source.image.load()


def still(source: Source, side: int, turn: Image.Transpose | None) -> Image.Image:
    """Return the frame that was decoded, with no side longer than `side`."""
    return _plain(source.image, fit(source.image.width, source.image.height, side), turn)


def moving(
    source: Source, side: int, pixels: int, turn: Image.Transpose | None
) -> Iterator[tuple[Image.Image, int]]:
    """
    Decode all frames, each with its duration in milliseconds.

    :param pixels: what a frame has at most
    """
    image = source.image
    width, height = fit(image.width, image.height, side)
    shrunk = min(1, (pixels / (width * height)) ** 0.5)
    size = fit(width, height, max(1, int(max(width, height) * shrunk)))
    for number in range(source.first, source.first + source.frames):
        image.seek(number)
        frame = _plain(image, size, turn)
        # Browsers give 100 ms to what asks for less than 20.
        duration = float(image.info.get("duration") or 0)
        yield frame, min(round(duration), 10_000) if duration >= 20 else 100


def fit(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the size that has no side longer than `side`, and is never larger than it was."""
    longest = max(width, height, side)
    return max(1, round(width * side / longest)), max(1, round(height * side / longest))


def find_turn(image: Image.Image) -> Image.Transpose | None:
    """Return what puts a picture upright; EXIF that cannot be read says nothing."""
    try:
        return TURNS.get(cast("int", image.getexif().get(ORIENTATION)))
    except Exception:  # noqa: BLE001 (rubbish ends in any error there is, and is thrown away with the rest)
        return None


def turned(size: tuple[int, int], turn: Image.Transpose | None) -> tuple[int, int]:
    """Return the size that a picture has when it stands upright."""
    sideways = turn in (TURNS[5], TURNS[6], TURNS[7], TURNS[8])
    return (size[1], size[0]) if sideways else size


def on_white(image: Image.Image) -> Image.Image:
    """Lay a picture on white, where transparency cannot be kept."""
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, WHITE)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _plain(image: ImageFile.ImageFile, size: tuple[int, int], turn: Image.Transpose | None) -> Image.Image:
    image.load()
    profile = image.info.get("icc_profile")
    # Pillow's own choice for thumbnails; Lanczos costs half as much again.
    small = _eight_bits(image).resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    color = _srgb(small, profile)
    upright = _without_hidden(color if turn is None else color.transpose(turn))
    # From the pixels alone: comments, EXIF and the like are `info`, which savers would write again.
    return Image.frombytes(upright.mode, upright.size, upright.tobytes())


def _without_hidden(image: Image.Image) -> Image.Image:
    """Blacken what cannot be seen: somebody may have erased it, and savers keep its colors."""
    if image.mode != "RGBA":
        return image
    seen = Image.new("RGBA", image.size)
    seen.paste(image, mask=image.getchannel("A").point(lambda alpha: 255 * (alpha > 0)))
    return seen


def _eight_bits(image: Image.Image) -> Image.Image:
    """Bring a picture into a mode that can be resized: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I;16"):
        # Converting alone would cut off at 255, and show most of them white.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    """Convert colors by the profile that the file brings, if it brings one that can be used."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if isinstance(profile, bytes) and 0 < len(profile) <= MAX_PROFILE_BYTES:
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, given, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            return cast("Image.Image", converted)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # Of another kind of color, or broken: shown as a browser does, without it.
            pass
    return image if image.mode == mode else image.convert(mode)
