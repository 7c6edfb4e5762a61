"""What pydantic found, said in the API's own words: stable codes, and a hint of what to send instead."""

from enum import Enum
from typing import Any

from pydantic import ValidationError

from modules.kernel.errors import InputError

MAX_INPUT_ERRORS = 100


class Place(Enum):
    """Where in a request an error lies."""

    BODY = "body"
    QUERY = "query"


# pydantic's names and sentences may change with a release; these are part of the contract.
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("required", "Send this."),
    "extra_forbidden": ("unknown", "Remove this; nothing here has that name."),
    "string_type": ("not_a_string", "Send a string."),
    "string_too_short": ("too_short", "Send at least {min_length} characters."),
    "string_too_long": ("too_long", "Send at most {max_length} characters."),
    "string_pattern_mismatch": ("malformed", "Send text that matches {pattern}."),
    "string_unicode": ("text_unstorable", "Send valid Unicode."),
    "int_type": ("not_an_integer", "Send a whole number."),
    "int_parsing": ("not_an_integer", "Send a whole number."),
    "int_from_float": ("not_an_integer", "Send a whole number."),
    "int_parsing_size": ("too_large", "Send a smaller number."),
    "float_type": ("not_a_number", "Send a number."),
    "float_parsing": ("not_a_number", "Send a number."),
    "finite_number": ("not_a_number", "Send a finite number."),
    "bool_type": ("not_a_boolean", "Send true or false."),
    "bool_parsing": ("not_a_boolean", "Send true or false."),
    "list_type": ("not_a_list", "Send a list."),
    "dict_type": ("not_an_object", "Send an object."),
    "model_type": ("not_an_object", "Send an object."),
    "model_attributes_type": ("not_an_object", "Send an object."),
    "greater_than": ("too_small", "Send more than {gt}."),
    "greater_than_equal": ("too_small", "Send {ge} or more."),
    "less_than": ("too_large", "Send less than {lt}."),
    "less_than_equal": ("too_large", "Send {le} or less."),
    "too_long": ("too_many", "Send at most {max_length} of them."),
    "too_short": ("too_few", "Send at least {min_length} of them."),
    "literal_error": ("not_a_choice", "Send one of {expected}."),
    "enum": ("not_a_choice", "Send one of {expected}."),
    "none_required": ("not_null", "Send null."),
    "datetime_type": ("not_a_time", "Send a time as RFC 3339, with a zone."),
    "datetime_parsing": ("not_a_time", "Send a time as RFC 3339, with a zone."),
    "datetime_from_date_parsing": ("not_a_time", "Send a time as RFC 3339, with a zone."),
    "timezone_aware": ("not_a_time", "Send a time as RFC 3339, with a zone."),
    "json_invalid": ("json_malformed", "Send valid JSON."),
}


def to_input_errors(found: ValidationError, place: Place) -> list[InputError]:
    """Return pydantic's findings as errors of this place, the first hundred of them."""
    details = found.errors(include_url=False, include_input=False)
    return [_to_input_error(detail["loc"], detail, place) for detail in details[:MAX_INPUT_ERRORS]]


def _to_input_error(location: tuple[int | str, ...], detail: Any, place: Place) -> InputError:
    """Return one finding as an error."""
    code, words = _WORDS.get(detail["type"], (detail["type"], ""))
    text = words.format_map(detail.get("ctx", {})) if words else detail["msg"]
    if place is Place.QUERY:
        return InputError(None, code, text, parameter=str(location[0])[:100] if location else None)
    return InputError("".join(f"/{escape(step)}" for step in location), code, text)


def escape(key: object) -> str:
    """Return a key as a step of a JSON pointer, safe to print."""
    text = str(key).replace("~", "~0").replace("/", "~1")
    return text.encode("utf-8", "replace").decode()[:100]
