"""Thirty people on two instances, what is so between them, and one way in."""

from __future__ import annotations

from itertools import count
from typing import Any

from modules.accounts import public as accounts
from modules.kernel import clock
from modules.profiles import public as profiles
from sharding.testing import choosing
from tests.histories.facts import Facts, Viewer
from tests.histories.rules import Rules
from tests.kit.http import Http, Response
from tests.kit.people import NOON, SHARDS

PEOPLE = 30
# As many posts as a home looks through for repeats: the rules know no more.
MOST_POSTS = 40
AUDIENCES = ("public", "followers", "mentioned")


class Town:
    """The people, what is so, and one way in."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.people: list[int] = []
        self.names: dict[int, str] = {}
        self._tokens: dict[int, str] = {}
        self._http = Http()
        self._numbers = count(1)
        for shard in SHARDS:
            names = [f"person_{shard}_{number}" for number in range(PEOPLE // len(SHARDS))]
            with choosing(shard):
                ids = accounts.create_accounts_in_bulk(names, now=NOON)
            profiles.create_profiles_in_bulk(list(zip(ids, names, strict=True)))
            self.names |= dict(zip(ids, names, strict=True))
        # Neighbors live on different shards: those who meet most are the first ones.
        self.people = sorted(self.names, key=lambda id: self.names[id].rpartition("_")[2])

    @property
    def rules(self) -> Rules:
        return Rules(self.facts, clock.now())

    def is_open(self, user: Viewer) -> bool:
        return not self.facts.closed.get(user or 0)

    def ask(self, viewer: Viewer, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """Send a request as somebody, who logs in at their first one."""
        if viewer is not None and viewer not in self._tokens:
            self._tokens[viewer] = accounts.issue_session_token(viewer, now=clock.now())
        token = {"X-Session-Token": self._tokens[viewer]} if viewer is not None else {}
        return self._http(method, path, body, **token, **headers)

    def sign_out(self, user: int) -> None:
        """Forget a session that has ended."""
        self._tokens.pop(user, None)

    def say(self, mentioned: frozenset[int]) -> str:
        """Return a text that nobody has said yet."""
        return " ".join(
            [f"text {next(self._numbers)} #town", *(f"@{self.names[id]}" for id in sorted(mentioned))]
        )
