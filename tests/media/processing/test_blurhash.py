"""Held to what the package `blurhash` 1.1.5 makes of the same pixels."""

from __future__ import annotations

from PIL import Image

from modules.media.processing.blurhash import blurhash
from tests.media.processing.made import photo, quarters


class TestBlurhash:
    def test_is_what_others_make_of_it(self):
        assert blurhash(quarters(32, 32)) == "L~Lqe9l}eqpYoU[qsBJ%fNsTjta{"
        assert blurhash(photo(32, 32)) == "L8F$eG;5Id~9?@qnMv-;pBkfD+tx"

    def test_of_one_color_is_that_color(self):
        assert blurhash(Image.new("RGB", (1, 1), "white")) == "L~TSUA" + "~q" * 11

    def test_counts_more_along_the_longer_side(self):
        assert blurhash(photo(20, 30)) == "TBE|9nuNHT*}*|qeFpsGz{%WTcO?"
