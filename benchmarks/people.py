"""People who call the API under measure."""

from __future__ import annotations

from dataclasses import dataclass

from modules.accounts import public as accounts
from modules.kernel import clock
from modules.profiles import public as profiles

FULL_PAGE = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls the API."""

    id: int
    token: str


def make_people(name: str, many: int) -> list[Person]:
    """Return so many new people whom nobody follows."""
    names = [f"{name}{number:03d}" for number in range(many)]
    ids = accounts.create_accounts_in_bulk(names, now=clock.now())
    profiles.create_profiles_in_bulk(list(zip(ids, names, strict=True)))
    return [log_in(id) for id in ids]


def log_in(user_id: int) -> Person:
    """Return somebody with a session of their own."""
    return Person(user_id, accounts.issue_session_token(user_id, now=clock.now()))
