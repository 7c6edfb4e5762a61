"""Pages that are the same for everybody, and their files: from this process, a proxy or a CDN."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static

from modules.kernel.errors import Refusal
from modules.kernel.http import conditional, problems

_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "png": "image/png"}


class Files:
    """The files of some pages: of one folder of STATICFILES_DIRS, served at a path where nobody else does."""

    def __init__(self, folder: str, path: str, *names: str) -> None:
        """Name the folder, the path in front of each file, and the files; no other is given out."""
        self._folder = folder
        self._path = path
        self._names = names

    def answer(self, request: HttpRequest, name: str) -> HttpResponse:
        """
        Answer one of the files.

        :raises Http404: if it is none of them
        """
        kind = _KINDS.get(name.rpartition(".")[2])
        if kind is None or name not in self._names:
            raise Http404
        return answer_cached(request, _read(f"{self._folder}/{name}"), kind, policy=None)

    def fill(self, page: str) -> bytes:
        """Return a page with the addresses of its files in place of `{name}`: hashed ones, or our own."""
        for name in self._names:
            ours = settings.SERVES_FILES_ITSELF
            at = f"{self._path}{name}" if ours else static(f"{self._folder}/{name}")
            page = page.replace(f"{{{name}}}", at)
        return page.encode()


def allow_files(policy: str) -> str:
    """Return a policy with `{ours}` filled in: files of this host, and of a CDN where one has them."""
    elsewhere = urlsplit(str(settings.STATIC_URL))
    cdn = f" {elsewhere.scheme}://{elsewhere.netloc}" if elsewhere.netloc else ""
    return policy.replace("{ours}", f"'self'{cdn}")


def answer_cached(request: HttpRequest, content: bytes, kind: str, *, policy: str | None) -> HttpResponse:
    """Return what anybody may keep for five minutes; 304 if it is unchanged, 412 if another is meant."""
    try:
        conditional.check_if_match(request, _etag(content))
    except Refusal as refusal:
        return problems.answer(refusal, request)
    response = HttpResponse(content, content_type=kind)
    response.headers["ETag"] = etag = _etag(content)
    response.headers["Cache-Control"] = "public, max-age=300"
    if policy:
        response.headers["Content-Security-Policy"] = policy
    return conditional.unchanged(response) if conditional.has_already(request, etag) else response


@cache
def _read(name: str) -> bytes:
    """Return a file as it lies here, or in the package that brings it."""
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found).read_bytes()


@lru_cache(maxsize=32)
def _etag(content: bytes) -> str:
    """Return the ETag of what is sent; a megabyte is not hashed anew for whoever asks."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
