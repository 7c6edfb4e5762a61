"""Text that people write: what is refused in it, and the form in which it is kept."""

import re
import unicodedata
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# The ways of writing a line's end; the last but two are IBM's, the last two Unicode's own.
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Rust's expressions know the properties of Unicode; Python's would need lists of our own, which age.
# C0 and C1 controls but for tab and newline; the overrides and isolates that turn text around, with which a
# name can be made to read as another; what Unicode says is no character.
_ALLOWED = r"\A[^\x00-\x08\x0b-\x1f\x7f-\x9f\x{202a}-\x{202e}\x{2066}-\x{2069}\p{Noncharacter_Code_Point}]*\z"
_ALLOWED_IN_LINE = _ALLOWED.replace(r"\x0b", r"\x09\x0a\x0b")
# What takes room and shows nothing is no more than spaces; nor is a mark with no letter to stand on. Four
# symbols are blank by their picture alone, which is no property: of Braille, of music, two of hieroglyphs.
_SEEN = r"[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{M}\p{Cf}\x{2800}\x{1d159}\x{13441}\x{13442}]"
# A code point may carry many combining marks; four bytes each is what the longest honest text needs.
_BYTES_PER_CHARACTER = 4
# As Unicode's Stream-Safe Text Format has it (UAX #15): no letter of any script carries as many. Normalizing
# sorts the marks of one letter, in a time that grows with the square of their number.
MAX_MARKS = 30
# Where a heap of them may be, found at the speed of C; rows of pictures look so as well.
_MAYBE_HEAP = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_MARKS + 1}}}")


class PlainText:
    r"""
    Marks a string that people read: `Annotated[str, PlainText(1, 5000)]`.

    It is kept in NFC with `\n` at the end of each line, its length counted in code points after that; control
    characters, lone surrogates, direction overrides, heaps of marks on one letter and text that shows nothing
    are refused. One line unless `lines` says otherwise. What may be empty is nothing at all, or has its
    least length and shows something.
    """

    def __init__(
        self, min_length: int, max_length: int, *, lines: bool = True, may_be_empty: bool = False
    ) -> None:
        """Keep the limits, in code points."""
        self.min_length = min_length
        self.max_length = max_length
        self.lines = lines
        self.may_be_empty = may_be_empty

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a strict string schema with the text's rules after it."""
        steps: list[CoreSchema] = [
            core_schema.no_info_after_validator_function(
                self._normalize, core_schema.str_schema(strict=True)
            ),
            _matches(
                _ALLOWED if self.lines else _ALLOWED_IN_LINE,
                ("text_forbidden_character", "Remove control and direction characters."),
            ),
        ]
        if self.min_length:
            seen = rf"\A\z|{_SEEN}" if self.may_be_empty else _SEEN
            steps.append(_matches(seen, ("text_blank", "Write something that can be seen.")))
        steps.append(core_schema.str_schema(min_length=self._least(), max_length=self.max_length))
        return core_schema.chain_schema(steps)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON schema with the limits that hold after normalizing."""
        return {"type": "string", "minLength": self._least(), "maxLength": self.max_length}

    def _least(self) -> int:
        """Return how long a text is at least."""
        return 0 if self.may_be_empty else self.min_length

    def _normalize(self, text: str) -> str:
        """Return the text as it is kept."""
        # The cheap bound comes first: normalizing megabytes is work that nobody asked for.
        if len(text) > self.max_length * _BYTES_PER_CHARACTER:
            limit = {"max_length": self.max_length}
            raise PydanticCustomError("string_too_long", "Send at most {max_length} characters.", limit)
        if not text.isascii():
            if has_heap_of_marks(text):
                raise PydanticCustomError(
                    "text_too_many_marks",
                    "Put at most {max_marks} marks on a letter.",
                    {"max_marks": MAX_MARKS},
                )
            text = unicodedata.normalize("NFC", text)
        return _LINE_END.sub("\n", text)


def has_heap_of_marks(text: str) -> bool:
    """Return whether a text is to be refused before it is normalized, which would take too long."""
    if not _MAYBE_HEAP.search(text):
        return False
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MAX_MARKS:
            return True
    return False


def _matches(pattern: str, words: tuple[str, str]) -> CoreSchema:
    """Return a schema of text in which an expression of Rust's finds something, with our words if not."""
    return core_schema.custom_error_schema(
        core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"),
        custom_error_type=words[0],
        custom_error_message=words[1],
    )
