"""Servers with names, as variables list them: `a=postgres://…,b=postgres://…`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from environs import ValidationError

from config import checks_of_values as values
from config.addresses import Database, read_redis

# The comma before `b=postgres://…` or `b=redis://…`, or before a URL whose name was forgotten.
_NEXT_SERVER = re.compile(r",\s*(?=(?:[^,=/?&]*=)?\s*\w+://)")


def read_direct_database(url: str, *, is_pooled: bool) -> Database | None:
    """
    Read where a server itself is, past the pooler: it has to be said behind one, and only there.

    :raises ValidationError: if it is not
    """
    _refuse_beside_no_pooler(url, is_pooled)
    if is_pooled and not url:
        raise ValidationError("BANYAN_POOLED=on needs it: postgres://… of the server itself, past the pooler")
    return Database.parse(url) if url else None


def read_direct_databases(
    value: str, *, is_pooled: bool, check: Callable[[Collection[str]], None]
) -> dict[str, Database]:
    """
    Read the same of instances.

    :raises ValidationError: if one is missing behind a pooler, or any is said where there is none
    """
    _refuse_beside_no_pooler(value, is_pooled)
    return read_databases(value, check=check) if is_pooled else {}


def _refuse_beside_no_pooler(value: str, is_pooled: bool) -> None:
    if value and not is_pooled:
        raise ValidationError("has a meaning with BANYAN_POOLED=on only")


def read_databases(
    value: str | dict[str, Database], *, check: Callable[[Collection[str]], None]
) -> dict[str, Database]:
    """Read `a=postgres://…,b=postgres://…`; a URL may hold commas, between its hosts."""
    if isinstance(value, dict):
        return value
    named = _named(value)
    found = {name: _database(name, url) for name, url in named}
    values.check_unique([name for name, _ in named])
    check(found)
    return found


def read_redis_servers(
    value: str | dict[str, str], *, check: Callable[[Collection[str]], None]
) -> dict[str, str]:
    """Read `directory=redis://…,a=redis://…`; a URL may hold commas."""
    if isinstance(value, dict) or not value:
        return dict(value or {})
    named = _named(value)
    found = {name: _redis_server(name, url) for name, url in named}
    values.check_unique([name for name, _ in named])
    check(found)
    return found


def _redis_server(name: str, url: str) -> str:
    """
    Read one of several.

    :raises ValidationError: saying which it is
    """
    try:
        return read_redis(url)
    except ValidationError as error:
        raise ValidationError([f"{name}: {message}" for message in error.messages]) from None


def _named(value: str) -> list[tuple[str, str]]:
    """Return the names and URLs of servers, in order."""
    pairs = [part.partition("=") for part in _NEXT_SERVER.split(value.strip().strip(",")) if part]
    return [(name.strip(), url.strip()) for name, _, url in pairs]


def _database(name: str, url: str) -> Database:
    """
    Read one of several.

    :raises ValidationError: saying which it is
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise ValidationError("expected a=postgres://…,b=postgres://…")
    try:
        return Database.parse(url)
    except ValidationError as error:
        raise ValidationError([f"{name}: {message}" for message in error.messages]) from None
