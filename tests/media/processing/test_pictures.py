"""What becomes of good pictures: upright, in sRGB, small enough, and nothing but pixels."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.media.processing.made import (
    CANARY,
    exif,
    jpeg_with,
    moving,
    photo,
    profile,
    quarters,
    saved,
    segment,
)

FILES = ["thumb.webp", "feed.webp", "full.webp", "feed.jpg"]
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners(path, mode="RGB"):
    """The colors of the corners, clockwise from the upper left."""
    with Image.open(path) as opened:
        picture = opened.convert(mode)
    right, bottom = picture.width - 1, picture.height - 1
    return [picture.getpixel(at) for at in ((0, 0), (right, 0), (right, bottom), (0, bottom))]


def differ(found, wanted):
    return max(
        abs(a - b) for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


class TestProcess:
    def test_makes_four_files_of_a_photo(self, processed):
        outcome, target = processed(saved(photo(2400, 1200), "JPEG", quality=90))

        assert (outcome.ok, outcome.type, outcome.width, outcome.height, outcome.frames) == (
            True, "image/jpeg", 2400, 1200, 1,
        )  # fmt: skip
        assert [(each.name, each.file, each.type, each.width, each.height) for each in outcome.variants] == [
            ("thumb", "thumb.webp", "image/webp", 320, 160),
            ("feed", "feed.webp", "image/webp", 1080, 540),
            ("full", "full.webp", "image/webp", 2048, 1024),
            ("feed", "feed.jpg", "image/jpeg", 1080, 540),
        ]
        assert {each.file: each.bytes for each in outcome.variants} == {
            path.name: path.stat().st_size for path in target.iterdir()
        }
        assert "seccomp" in outcome.confined

    def test_enlarges_nothing(self, processed):
        outcome, target = processed(saved(Image.new("RGB", (1, 1), RED), "PNG"))

        assert [(each.width, each.height) for each in outcome.variants] == [(1, 1)] * 4
        assert differ(corners(target / "feed.jpg"), [RED] * 4) < 4

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
    def test_reads_it_by_its_content(self, processed, kind):
        outcome, target = processed(saved(quarters(), kind))

        assert outcome.type == f"image/{kind.lower()}"
        assert differ(corners(target / "full.webp"), [RED, GREEN, WHITE, BLUE]) < 16

    @pytest.mark.parametrize(
        ("orientation", "upright"),
        [
            (2, [GREEN, RED, BLUE, WHITE]),
            (3, [WHITE, BLUE, RED, GREEN]),
            (4, [BLUE, WHITE, GREEN, RED]),
            (5, [RED, BLUE, WHITE, GREEN]),
            (6, [BLUE, RED, GREEN, WHITE]),
            (7, [WHITE, GREEN, RED, BLUE]),
            (8, [GREEN, WHITE, BLUE, RED]),
        ],
    )
    def test_puts_it_upright(self, processed, orientation, upright):
        outcome, target = processed(saved(quarters(), "JPEG", exif=exif(orientation), quality=95))

        assert (outcome.width, outcome.height) == ((40, 20) if orientation < 5 else (20, 40))
        assert differ(corners(target / "thumb.webp"), upright) < 16

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
    def test_puts_other_types_upright(self, processed, kind):
        _, target = processed(saved(quarters(), kind, exif=exif(6)))

        assert differ(corners(target / "thumb.webp"), [BLUE, RED, GREEN, WHITE]) < 16

    def test_halves_a_large_jpeg_while_it_decodes_it(self, processed):
        outcome, target = processed(saved(quarters(5_712, 4_284), "JPEG"))

        assert (outcome.width, outcome.height, outcome.variants[2].width) == (5_712, 4_284, 2_048)
        assert differ(corners(target / "full.webp"), [RED, GREEN, WHITE, BLUE]) < 16
        # Whole, it would take 96 MiB, and half of that again beside it.
        assert outcome.peak_kib < 96 * 1024

    def test_converts_colors_by_the_profile(self, processed):
        _, plain = processed(saved(quarters(), "JPEG"))
        _, target = processed(saved(quarters(), "JPEG", icc_profile=profile()))

        # Red and green have changed places in it.
        assert differ(corners(plain / "full.webp"), [RED, GREEN, WHITE, BLUE]) < 16
        assert differ(corners(target / "full.webp"), [GREEN, RED, WHITE, BLUE]) < 32


class TestModes:
    @pytest.mark.parametrize(
        ("data", "wanted"),
        [
            (saved(quarters().convert("CMYK"), "JPEG"), [RED, GREEN, WHITE, BLUE]),
            (saved(quarters().convert("P"), "PNG"), [RED, GREEN, WHITE, BLUE]),
            (saved(Image.new("I;16", (9, 9), 40_000), "PNG"), [(156, 156, 156)] * 4),
            (saved(quarters().convert("L"), "JPEG"), [(76,) * 3, (150,) * 3, WHITE, (29,) * 3]),
            (saved(Image.new("1", (9, 9), 1), "PNG"), [WHITE] * 4),
        ],
        ids=["CMYK", "palette", "16 bits", "gray", "1 bit"],
    )
    def test_look_as_they_should(self, processed, data, wanted):
        _, target = processed(data)

        assert differ(corners(target / "full.webp"), wanted) < 16

    @pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
    def test_keep_transparency_and_lay_a_jpeg_on_white(self, processed, mode):
        picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
        picture.paste((10, 10, 10, 255), (20, 0, 40, 40))
        data = saved(picture.quantize() if mode == "PA" else picture.convert(mode), "PNG")

        _, target = processed(data)

        assert [each[3] for each in corners(target / "full.webp", "RGBA")] == [0, 255, 255, 0]
        assert differ(corners(target / "feed.jpg"), [WHITE, (10,) * 3, (10,) * 3, WHITE]) < 16

    def test_show_nothing_of_what_was_erased(self, processed):
        """Made transparent, it is still there in the file; in none of ours."""
        picture = quarters(64, 64).convert("RGBA")
        picture.putalpha(0)

        _, target = processed(saved(picture, "PNG"))

        assert [each[3] for each in corners(target / "full.webp", "RGBA")] == [0] * 4
        assert differ(corners(target / "full.webp"), [(0, 0, 0)] * 4) < 4


class TestMoving:
    @pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
    def test_goes_on_moving_in_feed_and_full(self, processed, kind):
        outcome, target = processed(moving(kind, 5))

        assert outcome.frames == 5
        for name, frames in {"thumb.webp": 1, "feed.webp": 5, "full.webp": 5, "feed.jpg": 1}.items():
            with Image.open(target / name) as picture:
                assert getattr(picture, "n_frames", 1) == frames, name
        with Image.open(target / "feed.webp") as picture:
            picture.seek(1)
            red, green, blue = picture.convert("RGB").resize((1, 1)).tobytes()
            assert picture.info["duration"] == 40
        assert (red < 16, green > 240, blue < 16) == (True, True, True)

    def test_leaves_out_what_is_shown_to_those_who_do_not_know_it_moves(self, processed):
        """A PNG may have a first picture that is none of its frames."""
        frames = [Image.new("RGB", (24, 24), color) for color in ("blue", "lime", "red")]
        data = saved(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True)

        outcome, target = processed(data)

        assert outcome.frames == 2
        assert differ(corners(target / "thumb.webp"), [GREEN] * 4) < 16

    def test_shrinks_until_all_frames_are_few_pixels(self, processed):
        outcome, _ = processed(moving("GIF", 120, side=450))

        assert [(each.file, each.width) for each in outcome.variants] == [
            ("thumb.webp", 320), ("feed.webp", 447), ("full.webp", 447), ("feed.jpg", 450),
        ]  # fmt: skip


class TestMetadata:
    @pytest.mark.parametrize(
        "data",
        [
            jpeg_with(
                segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + CANARY),
                segment(0xED, b"Photoshop 3.0\0" + CANARY),
                segment(0xFE, CANARY),
                picture=saved(quarters(), "JPEG", exif=exif()),
            )
            + CANARY,
            saved(quarters(), "PNG", exif=exif(), icc_profile=profile()) + CANARY,
            saved(quarters(), "WEBP", exif=exif(), xmp=CANARY, icc_profile=profile()),
            saved(quarters(), "AVIF", exif=exif(), xmp=CANARY),
            saved(quarters(), "GIF", comment=CANARY),
            moving("GIF", 3).replace(b"!\xf9", b"!\xfe\x12" + CANARY + b"\0!\xf9", 1),
        ],
        ids=["JPEG", "PNG", "WebP", "AVIF", "GIF", "moving GIF"],
    )
    def test_is_nowhere(self, processed, data):
        assert CANARY in data

        outcome, target = processed(data)

        assert outcome.ok, outcome.detail
        for name in FILES:
            made = (target / name).read_bytes()
            with Image.open(target / name) as picture:
                assert dict(picture.getexif()) == {}
                assert picture.info.keys() & {"exif", "xmp", "icc_profile", "comment"} == set()
            assert CANARY not in made
