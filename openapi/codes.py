"""Every `code` that an answer can have: of refusals, of bare statuses, and of what sharding says of a key."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings

from modules.kernel.errors import Refusal
from modules.kernel.http import problems
from modules.kernel.http.problems import IN_FLIGHT, KEY_REUSED, Problem, status_of
from modules.kernel.statuses import TITLES


def every_code() -> dict[str, tuple[int, str]]:
    """Return every code that a problem can have, with its status and title."""
    bare = {code: (status, title) for status, (code, title) in TITLES.items()}
    keys = {code: (status, title) for status, (code, title) in ((422, KEY_REUSED), (409, IN_FLIGHT))}
    return bare | keys | {kind.code: (status_of(kind), kind.title) for kind in _refusals(Refusal)}


def _refusals(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    """Yield every refusal that a client can meet."""
    for child in kind.__subclasses__():
        yield child
        yield from _refusals(child)


def problem_of(kind: type[Exception]) -> Problem:
    """Return what an answer says of an exception of a kind."""
    if issubclass(kind, Refusal):
        return Problem(status_of(kind), kind.code, kind.title)
    return problems.to_problem(kind())


def of_edge() -> list[Problem]:
    """Return what may be answered before anybody has looked which operation is asked."""
    return [Problem(status, code, title) for status, (code, title) in sorted(TITLES.items())]


def list_all(contract: dict[str, Any]) -> None:
    """Say in the contract's shape of a problem which codes there are; there may be more of them one day."""
    # What refuses in a middleware is known once that is loaded, which no management command does by itself.
    for middleware in settings.MIDDLEWARE:
        import_module(middleware.rpartition(".")[0])
    schemas = contract["components"]["schemas"]
    fields = schemas["Problem"]["properties"]
    code = {**fields["code"], "x-extensible-enum": sorted(every_code())}
    schemas["Problem"] = {**schemas["Problem"], "properties": {**fields, "code": code}}
