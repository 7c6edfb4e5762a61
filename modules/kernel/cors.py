"""
What pages of other origins may ask and read in a browser (CORS).

There are two kinds. A front end of the operator's own is listed: it may do all that the contract offers,
with its user's cookie. An app of somebody else stands at an origin that nobody here knows: it takes part in
OAuth, and calls the API with a token that it shows in `Authorization`. No cookie goes along with that, so no
page can do or read anything in the name of whoever looks at it. Pages that people see are read by no other.

Only a request that names an origin is looked at. django-cors-headers has one policy for a whole site, with
cookies or without, and costs every request 6 us.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

# For so long a browser need not ask again; Chromium believes no longer time.
_MAX_AGE = "7200"


@dataclass(frozen=True, slots=True)
class CorsSettings:
    """Who may ask for what; `config/settings` fills it, from the contract but for the origins."""

    # Those of the operator's own front ends, as browsers write them.
    origins: frozenset[str]
    # Beneath these a listed origin may do everything, and beneath those any origin that shows a token.
    prefixes: tuple[str, ...]
    token_prefixes: tuple[str, ...]
    # OAuth's machines, for any origin.
    open_paths: frozenset[str]
    methods: str
    request_headers: str
    response_headers: str


def answer_preflight(request: HttpRequest) -> HttpResponse | None:
    """
    Return the answer to a browser that asks beforehand, or None if it is none or may not ask.

    Nothing of it is read and nothing tried, so it is not counted: it brings no credentials, and would use up
    what the address of many users has for strangers.
    """
    meta = request.META
    if request.method != "OPTIONS" or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in meta:
        return None
    has_body = meta.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in meta
    if has_body or _allowed_origin(request) is None:
        return None
    response = HttpResponse(headers={"Content-Length": "0"})
    response.headers["Access-Control-Allow-Methods"] = settings.CORS.methods
    response.headers["Access-Control-Allow-Headers"] = settings.CORS.request_headers
    response.headers["Access-Control-Max-Age"] = _MAX_AGE
    return response


def add_headers(request: HttpRequest, response: HttpResponse) -> None:
    """Let the page that asked read any answer, refusals too, if it may."""
    known: CorsSettings = settings.CORS
    if known.origins and _is_for_listed(request.path_info):
        patch_vary_headers(response, ("Origin",))
    allowed = _allowed_origin(request)
    if allowed is None:
        return
    response.headers["Access-Control-Allow-Origin"] = allowed
    response.headers["Access-Control-Expose-Headers"] = known.response_headers
    if allowed != "*":
        response.headers["Access-Control-Allow-Credentials"] = "true"


def _allowed_origin(request: HttpRequest) -> str | None:
    """Return the origin that may read the answer: the listed one that asks, or `*` without its cookies."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        return None
    known: CorsSettings = settings.CORS
    path = request.path_info
    if origin in known.origins and _is_for_listed(path):
        return str(origin)
    if path in known.open_paths or (path.startswith(known.token_prefixes) and _shows_token(request)):
        return "*"
    return None


def _is_for_listed(path: str) -> bool:
    return path.startswith(settings.CORS.prefixes) or path in settings.CORS.open_paths


def _shows_token(request: HttpRequest) -> bool:
    """Return whether a request carries a token of its own, or asks whether it may."""
    if "HTTP_AUTHORIZATION" in request.META:
        return True
    asked = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    return "authorization" in [name.strip().lower() for name in asked.split(",")]
