"""People on different shards and instances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from modules.accounts import public as accounts
from modules.kernel import clock
from modules.profiles import public as profiles
from sharding.testing import choosing
from tests.kit.http import Response, call

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "a long walk home"
# Two of each instance, whichever way the map cuts the range.
SHARDS = (0, 1, 2047, 2048, 4094, 4095)
# Two shards of instance `a`, so that a wrong row scope shows, and two of `b`.
SHARDS_OF_NEWCOMERS = (3, 4, 4000, 4001)

_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and with a session if they signed up."""

    id: int
    username: str
    token: str = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Send a request as this person, in a new session if they have none."""
        token = self.token or accounts.issue_session_token(self.id, now=clock.now())
        return call(method, path, body, as_=replace(self, token=token), **headers)


def make_person(username: str | None = None, *, shard: int | None = None) -> Person:
    """Make somebody with a profile, of whom no event tells, on the next of six shards if none is given."""
    number = next(_numbers)
    name = username or f"person{number}"
    with choosing(SHARDS[number % 6] if shard is None else shard):
        [user_id] = accounts.create_accounts_in_bulk([name], now=NOON)
    profiles.create_profiles_in_bulk([(user_id, name)])
    return Person(user_id, name)


def sign_up(username: str, *, shard: int | None = None) -> Person:
    """Make somebody with a profile and a session."""
    person = make_person(username, shard=shard)
    return replace(person, token=accounts.issue_session_token(person.id, now=clock.now()))


def sign_up_by_password(username: str) -> Person:
    """Sign up over HTTP, as people do: the profile is made when the news of it is delivered."""
    body = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
    answer = call("POST", "/auth/app/v1/auth/signup", body).body
    return Person(int(answer["data"]["user"]["id"]), username, answer["meta"]["session_token"])


def make_newcomer(username: str, *, shard: int = SHARDS_OF_NEWCOMERS[0]) -> Person:
    """Make an account as the service does: the profile is made when the news of it is delivered."""
    with choosing(shard):
        account = accounts.create_account(username=username, email=None, password=None, now=NOON)
    return Person(account.id, username)


def make_newcomers(number: int, *, prefix: str = "person") -> list[Person]:
    """Make accounts, spread over four shards of both instances."""
    shards = SHARDS_OF_NEWCOMERS
    return [make_newcomer(f"{prefix}_{n:03}", shard=shards[n % len(shards)]) for n in range(number)]
