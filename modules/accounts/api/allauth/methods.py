"""
Which methods the paths of signing in have; all others are refused before anything of a request is read.

allauth reads and tries a body under every method but GET, and looks only then whether the view has the method
at all: passwords and codes could be guessed by `OPTIONS` or `HEAD`.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]

# Of a function of somebody else's, which does not say: pages, forms, and where other providers lead back to.
UNSAID = ("GET", "POST")


def methods(*names: str) -> Callable[[View], View]:
    """Say which methods a function has; `HEAD` goes with `GET`."""

    def mark(view: View) -> View:
        view.methods = names  # type: ignore[attr-defined]
        return view

    return mark


def list_methods(view: View) -> tuple[str, ...]:
    """Return the methods that a view answers; preflights are answered before it, `OPTIONS` tells no more."""
    declared: tuple[str, ...] | None = getattr(view, "methods", None)
    if declared is not None:
        return declared
    kind: Any = getattr(view, "view_class", None)
    if kind is None:
        return UNSAID
    names = (name for name in kind.http_method_names if name not in ("head", "options"))
    return tuple(name.upper() for name in names if hasattr(kind, name))


def refuse_method(request: HttpRequest, view: View) -> HttpResponseNotAllowed | None:
    """
    Refuse a request by a method that its view does not have; None is for all others.

    `HEAD` becomes `GET`, whose answer the server sends without its body: as itself allauth would read what it
    brings, and try it.
    """
    allowed = list_methods(view)
    if request.method == "HEAD":
        request.method = "GET"
    if request.method in allowed:
        return None
    return HttpResponseNotAllowed([*allowed, *(["HEAD"] if "GET" in allowed else [])])
