"""
Which view a path of `/v1/` leads to, found by how the path begins.

Django tries the patterns one after another: with every context a request pays for more of them. Here it pays
for those alone that begin with the same name. Whatever is not found is left to Django's own resolver.
"""

from collections.abc import Iterable

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

_PREFIX = "v1/"


class Routes:
    """The patterns by their beginning; in each group they stand in their order."""

    def __init__(self, patterns: Iterable[URLPattern | URLResolver]) -> None:
        """Group the patterns whose beginning is always the same text."""
        self._groups: dict[str, list[URLPattern]] = {}
        for pattern in patterns:
            if not isinstance(pattern, URLPattern) or not isinstance(pattern.pattern, RoutePattern):
                continue
            route = str(pattern.pattern)
            if route.startswith(_PREFIX) and "<" not in (start := _start_of(route)):
                self._groups.setdefault(start, []).append(pattern)

    def find(self, path: str) -> ResolverMatch | None:
        """Return what a path leads to, or None if that is not known here."""
        route = path[1:]
        for pattern in self._groups.get(_start_of(route), ()):
            match: ResolverMatch | None = pattern.resolve(route)
            if match is not None:
                return match
        return None


def _start_of(route: str) -> str:
    """Return the first name after `v1/`; of what is the caller's own, the name after `me/` with it."""
    name, _, rest = route[len(_PREFIX) :].partition("/")
    return f"me/{rest.partition('/')[0]}" if name == "me" else name
