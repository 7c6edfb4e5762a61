"""JSON that two readers understand alike: not too deep, no key twice, no number that JavaScript changes."""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, NoReturn

from modules.kernel.errors import BadRequest, InputError
from modules.kernel.http.input_errors import MAX_INPUT_ERRORS, escape

MAX_DEPTH = 32
# Members and elements of a whole body. What is done for each of them costs many times what its bytes cost.
MAX_VALUES = 4_000
# JavaScript's numbers are exact up to here; a greater one would be read back as another.
MAX_INTEGER = 2**53
# JavaScript writes whole numbers in full up to 10^21, and others with an exponent.
MAX_DIGITS = 22

_STRING_OR_JOINT = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{\]},]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonInvalid(BadRequest):
    """The body is not JSON, or JSON that two readers could read differently."""

    code = "json_invalid"
    title = "The body is not JSON that can be read in one way only."


def refuse_json(pointer: str, code: str, detail: str) -> NoReturn:
    """Refuse the body for one error of its JSON."""
    raise JsonInvalid(errors=[InputError(pointer, code, detail)])


class _Flaw:
    """Stands in parsed JSON where something must not be taken."""

    def __init__(self, code: str, detail: str, value: Any = None) -> None:
        """Keep what to say, and what else lies beneath."""
        self.code = code
        self.detail = detail
        self.value = value


class _Reader:
    """Parses JSON, leaving a flaw wherever two readers could understand different things."""

    def __init__(self) -> None:
        """Start without flaws."""
        self.flawed = False

    def read(self, text: str) -> Any:
        """Return the parsed JSON with flaws in it."""
        return json.loads(
            text,
            object_pairs_hook=self._pairs,
            parse_int=self._integer,
            parse_float=self._number,
            parse_constant=self._constant,
        )

    def _flaw(self, code: str, detail: str, value: Any = None) -> _Flaw:
        """Return a flaw and remember that there is one."""
        self.flawed = True
        return _Flaw(code, detail, value)

    def _pairs(self, pairs: list[tuple[str, Any]]) -> Any:
        """Return the object, or a flaw if a key stands in it twice."""
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        return self._flaw("key_repeated", "Send every key of this object once.", made)

    def _integer(self, digits: str) -> Any:
        """Return the number if JavaScript could hold it."""
        if len(digits) < 16 or (len(digits) <= MAX_DIGITS and _is_held(digits, int(digits))):
            return int(digits)
        return self._too_large()

    def _number(self, digits: str) -> Any:
        """Return the number if it is finite, and if it is whole, if JavaScript could hold it."""
        number = float(digits)
        if not math.isfinite(number):
            return self._constant(digits)
        return number if not number.is_integer() or _is_held(digits, number) else self._too_large()

    def _too_large(self) -> _Flaw:
        return self._flaw("number_too_large", "Send whole numbers up to 2^53; send ids as strings.")

    def _constant(self, name: str) -> _Flaw:
        """Return a flaw for what is no JSON number."""
        return self._flaw("number_not_finite", "Send a finite number.")


def _is_held(digits: str, number: float) -> bool:
    """
    Return whether a double holds a whole number as it is written.

    Beyond 2^53 it may all the same: JavaScript writes 1e17, which we answer, as 100000000000000000.
    """
    if -MAX_INTEGER < number < MAX_INTEGER:
        return True
    return Decimal(digits) == Decimal(repr(float(digits)))


def check_json(raw: bytes) -> None:
    """
    Refuse JSON that is too deep or much, ambiguous or not to be stored.

    :raises JsonInvalid: naming every flaw, the first hundred of them
    """
    _check_size(raw)
    reader = _Reader()
    try:
        value = reader.read(raw.decode())
    except UnicodeDecodeError:
        refuse_json("", "not_utf8", "Send UTF-8.")
    except (ValueError, RecursionError) as error:
        refuse_json("", "json_malformed", _where(error))
    # Escapes are the only way for a lone surrogate or a NUL into a string that was valid UTF-8 and JSON.
    if reader.flawed or b"\\u" in raw:
        errors = list(islice(_flaws(value, ""), MAX_INPUT_ERRORS))
        if errors:
            raise JsonInvalid(errors=errors)


def _where(error: Exception) -> str:
    """Return where the parser stopped."""
    if isinstance(error, json.JSONDecodeError):
        return f"Send valid JSON; it goes wrong in line {error.lineno}, column {error.colno}."
    return "Send valid JSON."


def _check_size(raw: bytes) -> None:
    """Refuse deep nesting and heaps of values before a parser sees them that makes something of each."""
    opening = raw.count(b"[") + raw.count(b"{")
    if opening <= MAX_DEPTH and (len(raw) <= MAX_VALUES or raw.count(b",") <= MAX_VALUES - MAX_DEPTH):
        return
    depth = values = 0
    for match in _STRING_OR_JOINT.finditer(raw):
        symbol = match.group()
        if symbol in (b"[", b"{"):
            depth += 1
        elif symbol in (b"]", b"}"):
            depth -= 1
        if depth > MAX_DEPTH:
            refuse_json("", "json_too_deep", f"Nest at most {MAX_DEPTH} levels.")
        # One comes behind each comma, and where anything opens.
        values += symbol in (b"[", b"{", b",")
        if values > MAX_VALUES:
            refuse_json("", "json_too_long", f"Send at most {MAX_VALUES} members and elements.")


def _flaws(value: Any, pointer: str) -> Iterator[InputError]:
    """Yield every flaw in parsed JSON with its pointer."""
    if isinstance(value, _Flaw):
        yield InputError(pointer, value.code, value.detail)
        yield from _flaws(value.value, pointer)
    elif isinstance(value, str):
        if "\0" in value or _SURROGATE.search(value):
            yield InputError(pointer, "text_unstorable", "Remove NUL and unpaired surrogates.")
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _flaws(part, f"{pointer}/{at}")
    elif isinstance(value, dict):
        for key, part in value.items():
            inner = f"{pointer}/{escape(key)}"
            yield from _flaws(part, inner)
            if "\0" in key or _SURROGATE.search(key):
                yield InputError(
                    pointer, "text_unstorable", "Remove NUL and unpaired surrogates from the keys."
                )
