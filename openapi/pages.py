"""The contract as JSON, a page to read it on, and a page of error codes: all from this process, offline."""

from functools import cache
from html import escape
from threading import Lock

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from modules.kernel.http.files import Files, allow_files, answer_cached
from openapi.codes import every_code

_rendering = Lock()
_FILES = Files(
    *("docs", "/docs/assets/", "swagger-ui.css", "swagger-ui-bundle.js", "oauth2-redirect.js"),
    *("favicon-32x32.png", "start.js"),
)
# Swagger UI sets style attributes and draws its icons from data: addresses; scripts are ours only.
_POLICY = (
    "default-src 'none'; script-src {ours}; style-src {ours} 'unsafe-inline'; img-src {ours} data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Banyan API</title>
<link rel="icon" href="{favicon-32x32.png}">
<link rel="stylesheet" href="{swagger-ui.css}">
<div id="docs"></div>
<script src="{swagger-ui-bundle.js}"></script>
<script src="{start.js}"></script>
</html>
"""
# Where the log-in of an app comes back to: it hands the code to the page that opened it.
_REDIRECT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Authorized</title>
<script src="{oauth2-redirect.js}"></script>
</html>
"""


def index(request: HttpRequest) -> HttpResponse:
    """Tell who comes without a path where to go on."""
    places = {
        "name": settings.SITE_NAME,
        "docs": "/docs",
        "openapi": "/v1/openapi.json",
        "errors": "/docs/errors",
        "sign_in": "/auth/app/v1/config",
        "health": "/healthz",
    }
    return answer_cached(request, orjson.dumps(places), "application/json", policy=None)


def without_slash(request: HttpRequest) -> HttpResponse:
    """Send who wrote one slash too many to the page."""
    return HttpResponse(status=308, headers={"Location": request.path_info.rstrip("/")})


def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the contract, rendered once a process."""
    return answer_cached(request, _schema(), "application/json", policy=None)


def page(request: HttpRequest) -> HttpResponse:
    """Answer the page on which the contract is read and tried."""
    return answer_cached(request, _with_files(_PAGE), "text/html; charset=utf-8", policy=allow_files(_POLICY))


def oauth_redirect(request: HttpRequest) -> HttpResponse:
    """Answer the page that an authorization of the docs ends at; register its address with the app."""
    return answer_cached(
        request, _with_files(_REDIRECT), "text/html; charset=utf-8", policy=allow_files(_POLICY)
    )


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """Answer one of the files that the page needs."""
    return _FILES.answer(request, name)


def error_codes(request: HttpRequest) -> HttpResponse:
    """Answer the page that a problem's `type` points to: every code with its status and meaning."""
    rows = "".join(
        f'<tr id="{escape(code)}"><td><code>{escape(code)}</code><td>{status}<td>{escape(title)}\n'
        for code, (status, title) in sorted(every_code().items())
    )
    head = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Errors</title><h1>Errors</h1>\n'
    return answer_cached(
        request,
        f"{head}<table>{rows}</table>".encode(),
        "text/html; charset=utf-8",
        policy=allow_files(_POLICY),
    )


def _schema() -> bytes:
    """Return the contract as JSON; the generator loads its parts as if there were no threads."""
    with _rendering:
        return _render_schema()


@cache
def _render_schema() -> bytes:
    # Imported here: it takes a tenth of a second that only processes asked for docs should pay.
    from drf_spectacular.generators import SchemaGenerator

    return orjson.dumps(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@cache
def _with_files(page: str) -> bytes:
    """Return a page with the addresses of its files."""
    return _FILES.fill(page)
