"""The contract as JSON, a page to read it on, and a page of error codes: all from this process, offline."""

import hashlib
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static

from modules.kernel.http import conditional
from openapi.codes import every_code

_rendering = Lock()
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "png": "image/png"}
_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "oauth2-redirect.js", "favicon-32x32.png", "start.js")
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
    return _cached(request, orjson.dumps(places), "application/json", policy=None)


def without_slash(request: HttpRequest) -> HttpResponse:
    """Send who wrote one slash too many to the page."""
    return HttpResponse(status=308, headers={"Location": request.path_info.rstrip("/")})


def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the contract, rendered once a process."""
    return _cached(request, _schema(), "application/json", policy=None)


def page(request: HttpRequest) -> HttpResponse:
    """Answer the page on which the contract is read and tried."""
    return _cached(request, _with_files(_PAGE), "text/html; charset=utf-8", policy=_policy())


def oauth_redirect(request: HttpRequest) -> HttpResponse:
    """Answer the page that an authorization of the docs ends at; register its address with the app."""
    return _cached(request, _with_files(_REDIRECT), "text/html; charset=utf-8", policy=_policy())


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """Answer one of the files that the page needs."""
    kind = _KINDS.get(name.rpartition(".")[2])
    content = _read(name) if name in _ASSETS else None
    if kind is None or content is None:
        raise Http404
    return _cached(request, content, kind, policy=None)


def error_codes(request: HttpRequest) -> HttpResponse:
    """Answer the page that a problem's `type` points to: every code with its status and meaning."""
    rows = "".join(
        f'<tr id="{escape(code)}"><td><code>{escape(code)}</code><td>{status}<td>{escape(title)}\n'
        for code, (status, title) in sorted(every_code().items())
    )
    head = '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Errors</title><h1>Errors</h1>\n'
    return _cached(
        request, f"{head}<table>{rows}</table>".encode(), "text/html; charset=utf-8", policy=_policy()
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
def _read(name: str) -> bytes:
    """Return a file of the docs: one of ours, or one of Swagger UI's as its package brings it."""
    found = finders.find(f"docs/{name}")
    assert isinstance(found, str)
    return Path(found).read_bytes()


@cache
def _with_files(page: str) -> bytes:
    """Return a page with the addresses of its files: a proxy's or a CDN's with their hashes, or ours."""
    for name in _ASSETS:
        at = f"/docs/assets/{name}" if settings.SERVES_FILES_ITSELF else static(f"docs/{name}")
        page = page.replace(f"{{{name}}}", at)
    return page.encode()


def _policy() -> str:
    """Return what the pages may load: files of this host, and of a CDN where one has them."""
    elsewhere = urlsplit(str(settings.STATIC_URL))
    cdn = f" {elsewhere.scheme}://{elsewhere.netloc}" if elsewhere.netloc else ""
    return _POLICY.replace("{ours}", f"'self'{cdn}")


def _cached(request: HttpRequest, content: bytes, kind: str, *, policy: str | None) -> HttpResponse:
    """Return what anybody may keep for five minutes, or 304 if it is unchanged."""
    response = HttpResponse(content, content_type=kind)
    response.headers["ETag"] = etag = _etag(content)
    response.headers["Cache-Control"] = "public, max-age=300"
    if policy:
        response.headers["Content-Security-Policy"] = policy
    return conditional.unchanged(response) if conditional.has_already(request, etag) else response


@lru_cache(maxsize=32)
def _etag(content: bytes) -> str:
    """Return the ETag of what is sent; a megabyte is not hashed anew for whoever asks."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
