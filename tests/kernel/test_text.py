"""What people write has one form, and is seen."""

import time
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from modules.kernel.text import MAX_MARKS, PlainText

LINE = TypeAdapter(Annotated[str, PlainText(1, 50, lines=False)])
LONG = TypeAdapter(Annotated[str, PlainText(1, 50_000)])
LINES = TypeAdapter(Annotated[str, PlainText(0, 500)])

# fmt: off
NOTHING = [
    "", " ", "\u00a0\u3000\u2003", "\U000e0041", "\U000e0041\U000e007f", "\u180b", "\u180f", "\u3164",
    "\u200b", "\u2060", "\u00ad", "\u034f", "\u115f\u1160", "\uffa0", "\ufe0f", "\U000e0100", "\u206a",
    "\U0001d173", "\U0001bca0", "\u061c\u200e\u200f", "\u17b4", "\ufeff", "\u2065", "\U000e0fff", "\ufff0",
    "\u0301",
    "\u0301\u0302 \u20dd", "\ufff9\ufffb", "\u2800", "\U0001d159", "\U00013441\U00013442",
]
# England's flag is a black one and tags; the newest pictures have no class that Python knows yet.
SEEN = [
    "a", ".", "\u00b7", "\u4e2d", "\u0e01\u0e33", "\u0bb9\u0bbf", "\U0001f469\u200d\U0001f467",
    "\u2764\ufe0f", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "\U0001fae9",
    "\uf8ff",
]
NO_TEXT = [
    "a\0b", "a\x07b", "a\x0bb", "a\x0cb", "a\x9bb", "a\u202eb", "a\u2066b", "a\ufdd0b", "a\uffffb",
    "a\U0010fffeb",
]
# fmt: on


def fault_of(adapter, text: str) -> str:
    with pytest.raises(ValidationError) as refused:
        adapter.validate_python(text)
    [error] = refused.value.errors()
    return error["type"]


class TestPlainText:
    @pytest.mark.parametrize("text", NOTHING, ids=ascii)
    def test_refuses_what_shows_nothing(self, text):
        assert fault_of(LINE, text) == "text_blank"
        assert fault_of(LINE, f" {text} ") == "text_blank"

    @pytest.mark.parametrize("text", SEEN, ids=ascii)
    def test_takes_what_can_be_seen(self, text):
        assert LINE.validate_python(text) == text

    @pytest.mark.parametrize("text", NO_TEXT, ids=ascii)
    def test_refuses_controls_and_what_is_no_character(self, text):
        assert fault_of(LINE, text) == "text_forbidden_character"
        assert fault_of(LINES, text) == "text_forbidden_character"

    def test_refuses_a_heap_of_marks_before_it_sorts_them(self):
        heap = "a" + "\u0301\u0327" * 50_000
        before = time.process_time()

        assert fault_of(LONG, heap) == "text_too_many_marks"
        assert time.process_time() - before < 0.2

    def test_takes_as_many_as_a_letter_may_carry(self):
        assert LINES.validate_python("a" + "\u0323" * MAX_MARKS) == "\u1ea1" + "\u0323" * (MAX_MARKS - 1)
        assert fault_of(LINES, "a" + "\u0323" * (MAX_MARKS + 1)) == "text_too_many_marks"

    def test_takes_a_long_row_of_pictures(self):
        assert LINES.validate_python("\U0001f600" * 400) == "\U0001f600" * 400

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"], ids=ascii)
    def test_ends_lines_in_one_way(self, end):
        assert LINES.validate_python(f"a{end}{end}b{end}") == "a\n\nb\n"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\t"], ids=ascii)
    def test_refuses_lines_where_there_is_one(self, end):
        assert fault_of(LINE, f"a{end}b") == "text_forbidden_character"

    def test_counts_the_form_that_is_kept(self):
        assert LINES.validate_python("\r\n" * 500) == "\n" * 500
        assert LINE.validate_python("e\u0301" * 50) == "\u00e9" * 50
        assert fault_of(LINES, "\r\n" * 501) == "string_too_long"
        assert fault_of(LINE, "e\u0301" * 51) == "string_too_long"

    def test_says_the_limit_that_holds_of_whatever_is_too_long(self):
        with pytest.raises(ValidationError, match="at most 50 characters"):
            LINE.validate_python("a" * 100_000)

    @given(st.text(max_size=60))
    def test_changes_nothing_about_its_own_form(self, text):
        try:
            kept = LINES.validate_python(text)
        except ValidationError:
            return

        assert LINES.validate_python(kept) == kept
