"""Lua scripts by their digests, and the round trips that somebody counts."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from modules.kernel.redis.address import Argument, Command


class Script:
    """A Lua script known by its digest. A repeat of it must do no harm: a lost answer is asked for again."""

    __slots__ = ("digest", "source")

    def __init__(self, source: str) -> None:
        """Keep the source and its digest."""
        self.source = source
        self.digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def call(self, keys: Sequence[Argument] = (), args: Sequence[Argument] = ()) -> "ScriptCall":
        """Return the command that runs the script."""
        return ScriptCall(("EVALSHA", self.digest, len(keys), *keys, *args), self.source)


class ScriptCall(tuple[Argument, ...]):
    """An EVALSHA that knows its source, should the server have forgotten the script."""

    source: str

    def __new__(cls, command: Command, source: str) -> "ScriptCall":
        """Return the command as a tuple."""
        call = super().__new__(cls, command)
        call.source = source
        return call

    def in_full(self) -> Command:
        """Return the same call with the source in it, which also makes the server remember it."""
        return ("EVAL", self.source, *self[2:])


@dataclass(slots=True)
class RoundTrips:
    """What went over the wire while somebody counted."""

    trips: int = 0
    commands: int = 0


counters: list[RoundTrips] = []


@contextmanager
def count_trips() -> Iterator[RoundTrips]:
    """Count the round trips and commands of this process, all threads of it."""
    counted = RoundTrips()
    counters.append(counted)
    try:
        yield counted
    finally:
        counters.remove(counted)
