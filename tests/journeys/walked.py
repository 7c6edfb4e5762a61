"""A list that is walked: how its reader asks for it, and how items come and go."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.kit.delivery import until_replicated
from tests.kit.http import call
from tests.kit.people import Person


@dataclass
class Walked:
    """A list as its reader asks for it, and how items come and go; `lose` spoils what is cached of it."""

    reader: Person
    path: str
    add: Callable[[], int]
    remove: Callable[[int], None] = lambda id: None
    lose: Callable[[], object] = lambda: None
    # What tells the items of its page apart.
    name: str = "id"
    # What was added and is not gone, oldest first.
    items: list[int] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    def grow(self) -> None:
        self.items.append(self.add())
        until_replicated()

    def shrink(self, chance: random.Random) -> None:
        item = chance.choice(self.items)
        self.remove(item)
        until_replicated()
        if self.remove is not Walked.remove:
            self.items.remove(item)
            self.gone.add(item)

    def page(self, limit: int, cursor: str | None = None) -> Page:
        query = f"limit={limit}" + (f"&cursor={cursor}" if cursor else "")
        sign = "&" if "?" in self.path else "?"
        answer = call("GET", f"{self.path}{sign}{query}", as_=self.reader)
        assert answer.status == 200
        ids = [int(card[self.name]) for card in answer.body["data"]]
        return Page(ids, answer.body["next"], answer.body["prev"])


@dataclass(frozen=True)
class Page:
    """A page's items, newest first, and the cursors of its neighbors."""

    ids: list[int]
    next: str | None
    prev: str | None
