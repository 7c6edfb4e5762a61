"""Reading what a client sent: strictly, and with every fault named at once."""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn, TypeVar
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from modules.kernel.errors import BadRequest, Fault, HeaderInvalid
from modules.kernel.http.faults import Place, escape, to_faults
from modules.kernel.sizes import MAX_BODY

MAX_DEPTH = 32
MAX_PARAMETERS = 100
# JavaScript's numbers are exact up to here; a greater one would be read back as another.
MAX_INTEGER = 2**53
# JavaScript writes whole numbers in full up to 10^21, and others with an exponent.
MAX_DIGITS = 22

_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")

Model = TypeVar("Model", bound=BaseModel)


class BodyInvalid(BadRequest):
    """The body is not what this endpoint takes."""

    code = "body_invalid"
    title = "The body is not what this endpoint takes."


class JsonInvalid(BadRequest):
    """The body is not JSON, or JSON that two readers could read differently."""

    code = "json_invalid"
    title = "The body is not JSON that can be read in one way only."


class QueryInvalid(BadRequest):
    """The query string is not what this endpoint takes."""

    code = "query_invalid"
    title = "The query string is not what this endpoint takes."


class BodyTooLarge(BadRequest):
    """More was sent than any endpoint takes."""

    code = "body_too_large"
    title = "The body is too large."


class LengthRequired(BadRequest):
    """The body comes without its length."""

    code = "length_required"
    title = "Send a Content-Length."


class MediaTypeUnsupported(BadRequest):
    """The body is in a form that nothing here reads."""

    code = "media_type_unsupported"
    title = "Bodies are JSON in UTF-8, not compressed."


def check_length(request: HttpRequest) -> None:
    """
    Refuse a body that is longer than any may be, wherever it was sent.

    :raises BodyTooLarge: before any of it is read
    """
    length = request.META.get("CONTENT_LENGTH")
    if length and length.isdecimal() and (len(length.lstrip("0")) > 9 or _to_number(length) > MAX_BODY):
        raise BodyTooLarge(f"Send at most {MAX_BODY} bytes.")


def read_body(request: HttpRequest) -> bytes:
    """Return the raw body once its headers promise JSON of a bearable size."""
    length = _length_of(request)
    if length == 0:
        _refuse_json("", "body_empty", "Send a JSON object.")
    _check_media_type(request)
    raw = request.body
    if len(raw) != length:
        # Cut off on its way: what is here may read as JSON all the same.
        _refuse_json("", "body_incomplete", f"Content-Length says {length} bytes, and {len(raw)} came.")
    if not raw.strip():
        _refuse_json("", "body_empty", "Send a JSON object.")
    return raw


def parse_body(raw: bytes, model: type[Model]) -> Model:
    """Return the body as its model, or name every fault of it."""
    _check_json(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as fault:
        raise BodyInvalid(errors=to_faults(fault, Place.BODY)) from None


def split_query(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of the query string; a repeated or unreadable one is refused."""
    text = request.META.get("QUERY_STRING", "")
    if not text:
        return {}
    parameters: dict[str, str] = {}
    faults: list[Fault] = []
    pairs = text.encode("latin-1").split(b"&")
    if len(pairs) > MAX_PARAMETERS:
        raise QueryInvalid(f"Send at most {MAX_PARAMETERS} parameters.")
    for pair in filter(None, pairs):
        name, _, value = (_decode(part) for part in pair.partition(b"="))
        if name is None or value is None:
            faults.append(_fault_of(name, "unreadable", "Send UTF-8 without NUL, percent-encoded."))
        elif name in parameters:
            faults.append(_fault_of(name, "repeated", "Send this parameter once; separate ids by commas."))
        else:
            parameters[name] = value
    if faults:
        raise QueryInvalid(errors=faults)
    return parameters


def parse_queries(*wants: tuple[type[BaseModel], dict[str, str]]) -> list[Any]:
    """Return each share of the parameters as its model, or name every fault of them all."""
    parsed: list[BaseModel] = []
    faults: list[Fault] = []
    for model, parameters in wants:
        try:
            parsed.append(model.model_validate_strings(parameters))
        except ValidationError as fault:
            faults += to_faults(fault, Place.QUERY)
    if faults:
        raise QueryInvalid(errors=faults)
    return parsed


def _fault_of(name: str | None, code: str, detail: str) -> Fault:
    """Return a fault of a parameter, whose name is cut to what an answer should carry."""
    return Fault(None, code, detail, parameter=(name or "")[:100])


def _decode(part: bytes) -> str | None:
    """Return a decoded half of a parameter, or None if it is no clean text."""
    try:
        text = unquote_to_bytes(part.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _check_media_type(request: HttpRequest) -> None:
    """Refuse what is not JSON in UTF-8 as it is."""
    meta = request.META
    if meta.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise MediaTypeUnsupported("Send the body without Content-Encoding.")
    declared = meta.get("CONTENT_TYPE", "")
    if declared == "application/json":
        return
    kind, *parameters = [part.strip().lower() for part in declared.split(";")]
    charset_ok = all(part.replace('"', "") in ("charset=utf-8", "charset=utf8", "") for part in parameters)
    if kind != "application/json" or not charset_ok:
        raise MediaTypeUnsupported("Send Content-Type: application/json.")


def _length_of(request: HttpRequest) -> int:
    """Return the length of the body; one that is not stated is refused before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    if length and not (length.isascii() and length.isdigit()):
        raise HeaderInvalid(errors=[Fault(None, "unreadable", "Send a number.", header="Content-Length")])
    return _to_number(length)


def _to_number(digits: str) -> int:
    """Return the number that digits write, however many zeros are before it; Python refuses 4,300 of them."""
    return int(digits.lstrip("0") or "0")


def _refuse_json(pointer: str, code: str, detail: str) -> NoReturn:
    """Refuse the body for one fault of its JSON."""
    raise JsonInvalid(errors=[Fault(pointer, code, detail)])


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


def _check_json(raw: bytes) -> None:
    """Refuse JSON that is too deep, ambiguous or not to be stored."""
    _check_depth(raw)
    reader = _Reader()
    try:
        value = reader.read(raw.decode())
    except UnicodeDecodeError:
        _refuse_json("", "not_utf8", "Send UTF-8.")
    except (ValueError, RecursionError) as fault:
        _refuse_json("", "json_malformed", _where(fault))
    # Escapes are the only way for a lone surrogate or a NUL into a string that was valid UTF-8 and JSON.
    if reader.flawed or b"\\u" in raw:
        faults = list(_flaws(value, ""))[:100]
        if faults:
            raise JsonInvalid(errors=faults)


def _where(fault: Exception) -> str:
    """Return where the parser stopped."""
    if isinstance(fault, json.JSONDecodeError):
        return f"Send valid JSON; it goes wrong in line {fault.lineno}, column {fault.colno}."
    return "Send valid JSON."


def _check_depth(raw: bytes) -> None:
    """Refuse deep nesting before a recursive parser sees it."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(raw):
        symbol = match.group()
        if symbol in (b"[", b"{"):
            depth += 1
        elif symbol in (b"]", b"}"):
            depth -= 1
        if depth > MAX_DEPTH:
            _refuse_json("", "json_too_deep", f"Nest at most {MAX_DEPTH} levels.")


def _flaws(value: Any, pointer: str) -> Iterator[Fault]:
    """Yield every flaw in parsed JSON with its pointer."""
    if isinstance(value, _Flaw):
        yield Fault(pointer, value.code, value.detail)
        yield from _flaws(value.value, pointer)
    elif isinstance(value, str):
        if "\0" in value or _SURROGATE.search(value):
            yield Fault(pointer, "text_unstorable", "Remove NUL and unpaired surrogates.")
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _flaws(part, f"{pointer}/{at}")
    elif isinstance(value, dict):
        for key, part in value.items():
            inner = f"{pointer}/{escape(key)}"
            yield from _flaws(part, inner)
            if "\0" in key or _SURROGATE.search(key):
                yield Fault(pointer, "text_unstorable", "Remove NUL and unpaired surrogates from the keys.")
