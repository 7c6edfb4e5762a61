"""Reading what a client sent: strictly, and with every error named at once."""

from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from modules.kernel.errors import BadRequest, HeaderInvalid, InputError
from modules.kernel.http.input_errors import Place, to_input_errors
from modules.kernel.http.strict_json import check_json, refuse_json
from modules.kernel.sizes import MAX_BODY

MAX_PARAMETERS = 100
MAX_MEDIA_TYPE = 200
_UTF8 = ("", "charset=utf-8", "charset=utf8")
_READS = ("GET", "HEAD", "OPTIONS")
_JSON, _PARTS = "application/json", "multipart/form-data"
Model = TypeVar("Model", bound=BaseModel)


class BodyInvalid(BadRequest):
    """The body is not what this endpoint takes."""

    code = "body_invalid"
    title = "The body is not what this endpoint takes."


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


def check_media_type(request: HttpRequest) -> None:
    """
    Refuse a Content-Type with parameters that nothing here reads, of what has a body to read.

    Django would decode by the charset that it names, and that is for nobody to choose. Of reads it means
    nothing (RFC 9110, 8.3): there are clients that send one with every request.

    :raises MediaTypeUnsupported: if there is more behind the type than UTF-8, or a form's boundary
    """
    declared = request.META.get("CONTENT_TYPE")
    if request.method in _READS:
        return
    if declared and declared != _JSON and _find_kind(declared) is None:
        raise MediaTypeUnsupported("Send a Content-Type with charset=utf-8, or with no charset.")


def check_length(request: HttpRequest, limit: int = MAX_BODY) -> None:
    """
    Refuse a body that is longer than any may be, wherever it was sent, or any at this place.

    :raises BodyTooLarge: before any of it is read
    """
    length = request.META.get("CONTENT_LENGTH")
    if length and length.isdecimal() and (len(length.lstrip("0")) > 9 or _to_number(length) > limit):
        raise BodyTooLarge(f"Send at most {limit} bytes.")


def has_no_body(request: HttpRequest) -> bool:
    """Return whether nothing was sent; a length that cannot be read is refused."""
    return _length_of(request) == 0


def read_body(request: HttpRequest) -> bytes:
    """Return the raw body once its headers promise JSON of a bearable size."""
    length = _length_of(request)
    if length == 0:
        refuse_json("", "body_empty", "Send a JSON object.")
    _check_media_type(request)
    raw = request.body
    if len(raw) != length:
        # Cut off on its way: what is here may read as JSON all the same.
        refuse_json("", "body_incomplete", f"Content-Length says {length} bytes, and {len(raw)} came.")
    if not raw.strip():
        refuse_json("", "body_empty", "Send a JSON object.")
    return raw


def parse_body(raw: bytes, model: type[Model]) -> Model:
    """Return the body as its model, or name every error of it."""
    check_json(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise BodyInvalid(errors=to_input_errors(error, Place.BODY)) from None


def split_query(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of the query string; a repeated or unreadable one is refused."""
    text = request.META.get("QUERY_STRING", "")
    if not text:
        return {}
    parameters: dict[str, str] = {}
    errors: list[InputError] = []
    pairs = text.encode("latin-1").split(b"&")
    if len(pairs) > MAX_PARAMETERS:
        raise QueryInvalid(f"Send at most {MAX_PARAMETERS} parameters.")
    for pair in filter(None, pairs):
        name, _, value = (_decode(part) for part in pair.partition(b"="))
        if name is None or value is None:
            errors.append(_input_error_of(name, "unreadable", "Send UTF-8 without NUL, percent-encoded."))
        elif name in parameters:
            errors.append(
                _input_error_of(name, "repeated", "Send this parameter once; separate ids by commas.")
            )
        else:
            parameters[name] = value
    if errors:
        raise QueryInvalid(errors=errors)
    return parameters


def parse_queries(*wants: tuple[type[BaseModel], dict[str, str]]) -> list[Any]:
    """Return each share of the parameters as its model, or name every error of them all."""
    parsed: list[BaseModel] = []
    errors: list[InputError] = []
    for model, parameters in wants:
        try:
            parsed.append(model.model_validate_strings(parameters))
        except ValidationError as error:
            errors += to_input_errors(error, Place.QUERY)
    if errors:
        raise QueryInvalid(errors=errors)
    return parsed


def _input_error_of(name: str | None, code: str, detail: str) -> InputError:
    """Return an error of a parameter, whose name is cut to what an answer should carry."""
    return InputError(None, code, detail, parameter=(name or "")[:100])


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
    if declared != _JSON and _find_kind(declared) != _JSON:
        raise MediaTypeUnsupported("Send Content-Type: application/json.")


def _find_kind(declared: str) -> str | None:
    """Return the type that a Content-Type names, or None if it has parameters that are not honored."""
    kind, *parameters = [part.strip().lower() for part in declared[: MAX_MEDIA_TYPE + 1].split(";")]
    others = [part for part in parameters if part.replace('"', "") not in _UTF8]
    if kind == _PARTS and len(others) == 1 and others[0].startswith("boundary="):
        others = []
    return None if others or len(declared) > MAX_MEDIA_TYPE else kind


def _length_of(request: HttpRequest) -> int:
    """Return the length of the body; one that is not stated is refused before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        raise LengthRequired
    if length and not (length.isascii() and length.isdigit()):
        raise HeaderInvalid(
            errors=[InputError(None, "unreadable", "Send a number.", header="Content-Length")]
        )
    return _to_number(length)


def _to_number(digits: str) -> int:
    """Return the number that digits write, however many zeros are before it; Python refuses 4,300 of them."""
    return int(digits.lstrip("0") or "0")
