"""The demo's pictures: avatars, covers and photos of no place, drawn the same on every machine."""

from __future__ import annotations

import colorsys
import math
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from PIL import Image, ImageDraw
from rich.console import Console

from deploy.demo.progress import step
from deploy.demo.source import SEED, Source
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel import clock
from modules.media import public as media
from modules.media.schemas import NewMedia, Purpose
from modules.profiles import public as profiles
from modules.profiles.schemas import EditProfile
from sharding.errors import AlreadyDone
from sharding.once import Once

# How many people get an avatar; every fourth of them a cover, and photos in what they say. Each picture
# costs a fifth of a second of a core, most of it a process that may do nothing else.
DRESSED = 8

AVATAR_SIZE, COVER_SIZE, PHOTO_SIZE = (256, 256), (1200, 400), (960, 640)
Color = tuple[int, int, int]
ALT_OF_PHOTO = "A low sun over three ranges of hills"


def dress(source: Source, ids: list[int], dressed: int, console: Console) -> None:
    """Give so many of the best connected avatars, and a few of them covers; who has one keeps it."""
    wanted: list[tuple[int, Purpose]] = [(number, "avatar") for number in range(min(dressed, source.users))]
    wanted += [(number, "cover") for number in range(min(_have_more(dressed), source.users))]
    with step("Avatars and covers", len(wanted), console) as shown:
        for number, purpose in wanted:
            _dress(ids[number], number, source.username(number), purpose)
            shown.advance(1)


def draw_photos(number: int, author_id: int, dressed: int, *, key: str) -> list[int]:
    """Return the photos of somebody, one more of the second than of the first; none if they were drawn."""
    if number >= _have_more(dressed):
        return []
    try:
        return [
            _add(
                author_id, landscape(number * 10 + nth, PHOTO_SIZE), "post", ALT_OF_PHOTO, f"{key}:photo{nth}"
            )
            for nth in range(number + 1)
        ]
    except AlreadyDone:
        return []


def _have_more(dressed: int) -> int:
    """Return how many have more than an avatar."""
    return (dressed + 3) // 4


def _dress(user_id: int, number: int, name: str, purpose: Purpose) -> None:
    if purpose == "avatar":
        picture, alt = rings(number, AVATAR_SIZE), f"The rings of a tree, in {name}'s colors"
    else:
        picture, alt = landscape(number + 100, COVER_SIZE), ALT_OF_PHOTO
    card = orjson.loads(profiles.map_cards([user_id], viewer=PUBLIC_VIEWER)[user_id].json)
    if card[purpose] is not None:
        return
    media_id = _add(user_id, picture, purpose, alt, None)
    field = f"{purpose}_id"
    profiles.edit_profile(user_id, EditProfile.model_validate({field: media_id}))


def _add(user_id: int, picture: Image.Image, purpose: Purpose, alt: str, key: str | None) -> int:
    """
    Have a picture processed as everybody's are, and return its id.

    :raises AlreadyDone: if that of this key was
    """
    with _as_file(picture) as file:
        new = NewMedia(type="image/png", bytes=file.stat().st_size, purpose=purpose, alt=alt)
        once = Once("demo", key) if key else None
        return media.add_image(user_id, file, new, now=clock.now(), once=once)


@contextmanager
def _as_file(picture: Image.Image) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="banyan-demo-") as folder:
        file = Path(folder) / "picture.png"
        picture.save(file)
        yield file


def rings(number: int, size: tuple[int, int]) -> Image.Image:
    """Draw the rings of a tree, in colors of somebody's own."""
    draw_number = random.Random(SEED + number)  # noqa: S311 - a picture, not a secret
    hue = number * 0.381966 % 1
    picture = Image.new("RGB", size, _color(hue, 0.45, 0.30))
    draw = ImageDraw.Draw(picture)
    x, y = (side * draw_number.uniform(0.4, 0.6) for side in size)
    for ring in range(9, 0, -1):
        radius = ring * size[0] / 14 * draw_number.uniform(0.94, 1.06)
        color = _color(hue + 0.02 * ring, 0.55, 0.35 + 0.06 * (9 - ring) * (1 if ring % 2 else 0.8))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    return picture


def landscape(number: int, size: tuple[int, int]) -> Image.Image:
    """Draw a low sun over three ranges of hills."""
    draw_number = random.Random(SEED * 2 + number)  # noqa: S311 - a picture, not a secret
    width, height = size
    hue = draw_number.random()
    sky = Image.linear_gradient("L").resize(size)
    picture = Image.composite(
        Image.new("RGB", size, _color(hue + 0.5, 0.35, 0.95)),
        Image.new("RGB", size, _color(hue, 0.5, 0.7)),
        sky,
    )
    draw = ImageDraw.Draw(picture)
    sun, radius = draw_number.uniform(0.2, 0.8) * width, height / 9
    draw.ellipse((sun - radius, height * 0.4, sun + radius, height * 0.4 + 2 * radius), fill=(250, 220, 160))
    for nth in range(3):
        top, wave = height * (0.5 + 0.14 * nth), draw_number.uniform(0.6, 1.6)
        ridge = [
            (x, top + height * 0.06 * math.sin(wave * x * 6.28 / width + nth + number))
            for x in range(0, width + 9, 8)
        ]
        draw.polygon(
            [*ridge, (width, height), (0, height)], fill=_color(hue + 0.05 * nth, 0.45, 0.55 - 0.16 * nth)
        )
    return picture


def _color(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
