"""Text that people write: what is refused in it, and the form in which it is kept."""

import re
import unicodedata
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# C0 and C1 controls but for tab and newline; lone surrogates; the overrides and isolates that turn text
# around, with which a name can be made to read as another; non-characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_BREAKS = re.compile("[\n\t\u2028\u2029]")
# What takes room and shows nothing: such text is as empty as spaces.
_INVISIBLE = dict.fromkeys(
    [
        *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x200B, 0x2010),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
    ]
)
# A code point may carry many combining marks; four bytes each is what the longest honest text needs.
_BYTES_PER_CHARACTER = 4


class PlainText:
    """
    Marks a string that people read: `Annotated[str, PlainText(1, 5000)]`.

    It is kept in NFC, its length counted in code points after that; control characters, lone surrogates,
    direction overrides and text that shows nothing are refused. One line unless `lines` says otherwise.
    """

    def __init__(self, min_length: int, max_length: int, *, lines: bool = True) -> None:
        """Keep the limits, in code points."""
        self.min_length = min_length
        self.max_length = max_length
        self.lines = lines

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a strict string schema with the text's rules after it."""
        # The cheap bound comes first: normalizing megabytes is work that nobody asked for.
        raw = core_schema.str_schema(strict=True, max_length=self.max_length * _BYTES_PER_CHARACTER)
        return core_schema.no_info_after_validator_function(self._clean, raw)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the JSON schema with the limits that hold after normalizing."""
        return {"type": "string", "minLength": self.min_length, "maxLength": self.max_length}

    def _clean(self, text: str) -> str:
        """Return the text as it is kept, or refuse it."""
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        if _FORBIDDEN.search(text) or not (self.lines or not _LINE_BREAKS.search(text)):
            raise PydanticCustomError("text_forbidden_character", "Remove control and direction characters.")
        return self._sized(text)

    def _sized(self, text: str) -> str:
        """Return the text if it is neither too short nor too long, nor only blank."""
        if len(text) > self.max_length:
            limit = {"max_length": self.max_length}
            raise PydanticCustomError("string_too_long", "Send at most {max_length} characters.", limit)
        if self.min_length and not text.translate(_INVISIBLE).strip():
            raise PydanticCustomError("text_blank", "Write something that can be seen.")
        if len(text) < self.min_length:
            limit = {"min_length": self.min_length}
            raise PydanticCustomError("string_too_short", "Send at least {min_length} characters.", limit)
        return text
