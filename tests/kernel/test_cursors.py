"""A cursor holds for one list, one caller and one set of filters, in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.kernel.cursors import CursorInvalid, Paging, Signer

SIGNER = Signer(["secret"])
NUMBERS = some.lists(some.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8)


class TestSigner:
    @given(NUMBERS, some.booleans(), some.text())
    def test_reads_what_it_wrote(self, numbers, newer, bound):
        cursor = SIGNER.encode(numbers, bound=bound, newer=newer)

        assert SIGNER.decode(cursor, bound=bound) == (tuple(numbers), newer)

    @given(some.integers(0, 34 * 8 - 1))
    def test_refuses_any_flipped_bit(self, bit):
        from base64 import urlsafe_b64decode, urlsafe_b64encode

        cursor = SIGNER.encode([5, 6], bound="here")
        raw = bytearray(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        raw[bit // 8] ^= 1 << bit % 8

        with pytest.raises(CursorInvalid):
            SIGNER.decode(urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), bound="here")

    @given(some.text())
    def test_refuses_any_other_text(self, text):
        with pytest.raises(CursorInvalid):
            SIGNER.decode(text, bound="here")

    def test_refuses_every_other_place(self):
        cursor = SIGNER.encode([5], bound="list_posts\n/v1/posts\n7\n")

        for bound in (
            "list_posts\n/v1/posts\n8\n",
            "list_likes\n/v1/posts\n7\n",
            "list_posts\n/v1/posts\n7\na=b",
            "",
        ):
            with pytest.raises(CursorInvalid):
                SIGNER.decode(cursor, bound=bound)

    @pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{}A", "{}==", "{}%3D", "-{}"])
    def test_refuses_another_spelling(self, change):
        cursor = SIGNER.encode([5], bound="")

        with pytest.raises(CursorInvalid):
            SIGNER.decode(change.format(cursor), bound="")

    def test_refuses_every_truncation(self):
        cursor = SIGNER.encode([5], bound="")

        for length in range(len(cursor)):
            with pytest.raises(CursorInvalid):
                SIGNER.decode(cursor[:length], bound="")

    def test_refuses_bits_that_base64_would_ignore(self):
        cursor = SIGNER.encode([5], bound="")
        assert len(cursor) % 4 == 3
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        last = alphabet[alphabet.index(cursor[-1]) ^ 1]

        with pytest.raises(CursorInvalid):
            SIGNER.decode(cursor[:-1] + last, bound="")

    def test_signs_with_the_first_secret_and_reads_the_older_ones(self):
        old = SIGNER.encode([5], bound="")
        rotated = Signer(["new secret", "secret"])

        assert rotated.decode(old, bound="").values == (5,)
        assert Signer(["new secret"]).decode(rotated.encode([6], bound=""), bound="").values == (6,)

    def test_refuses_a_secret_that_was_dropped(self):
        with pytest.raises(CursorInvalid):
            Signer(["new secret"]).decode(SIGNER.encode([5], bound=""), bound="")

    def test_holds_at_most_eight_numbers(self):
        with pytest.raises(CursorInvalid):
            SIGNER.decode(SIGNER.encode(range(9), bound=""), bound="")


class TestPaging:
    def test_goes_on_from_either_end(self):
        first = Paging.first(limit=5)

        older, newer = first.at(first.older_than(3, 4)), first.at(first.newer_than(9))

        assert (older.limit, older.position, older.newer) == (5, (3, 4), False)
        assert (newer.limit, newer.position, newer.newer) == (5, (9,), True)
