"""The page and its files; nothing of it is there in production (`LIVE_PAGE`)."""

from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from config import pages
from deploy.demo.source import FAMOUS, PASSWORD
from modules.kernel.http.files import answer_cached

_HERE = Path(__file__).parent
_KINDS = {"live.css": "text/css; charset=utf-8", "live.js": "text/javascript; charset=utf-8"}


def page(request: HttpRequest) -> HttpResponse:
    """Show the page, on which whoever comes is one of two people of the demo by a click."""
    response = HttpResponse(_page())
    response.headers["Content-Security-Policy"] = pages.policy()
    return response


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """
    Answer one of its files.

    :raises Http404: if it is none of them
    """
    if name not in _KINDS:
        raise Http404
    return answer_cached(request, _read(name), _KINDS[name], policy=None)


@cache
def _read(name: str) -> bytes:
    return (_HERE / "static" / name).read_bytes()


@cache
def _page() -> bytes:
    page = (_HERE / "page.html").read_text()
    first, second, *_ = FAMOUS
    for name, said in {"first": first, "second": second, "password": PASSWORD}.items():
        page = page.replace(f"{{{name}}}", said)
    return page.encode()
