"""
Cards: finished JSON in Redis, each with a small head that decides who may see it and names what it refers to.

An entry is replaced only by a newer version, and a tombstone by none older than itself, so that a slow
reader cannot bring back what a writer has changed. Without Redis all is rendered anew: slower, never wrong.
"""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, Protocol

import structlog

from modules.kernel.card_layout import PUT, Head, Layout, RenderedCard
from modules.kernel.flights import Flights, Made
from modules.kernel.redis.client import Command, RedisClient, RedisUnavailable
from modules.kernel.redis.servers import group_by_redis, only_redis
from modules.kernel.redis.several import ask_each, tell_each
from sharding import outages
from sharding.scatter import Unavailable

__all__ = ["Beside", "CardKind", "Loaded", "RenderedCard", "load", "register"]

log = structlog.get_logger(__name__)

# Who hears of each look into Redis: of which kind, how many cards were there, and how many were not.
on_read: list[Callable[[str, int, int], None]] = []

_KEYS_PER_CALL = 250  # so that Redis is never blocked for long
# As long as a request waits for a database, nearly; then it asks one itself.
_WAIT_S = 0.5

Refs = Mapping[str, AbstractSet[int]]
Loaded = dict[str, dict[int, RenderedCard[Any]]]


class Beside:
    """
    One more command, which goes along with the first round of a `load` and costs no trip of its own.

    `reply` is what came of it; None if its Redis could not be asked.
    """

    __slots__ = ("client", "command", "reply")

    def __init__(self, client: RedisClient, command: Command) -> None:
        """Keep what is asked, and of whom."""
        self.client = client
        self.command = command
        self.reply: Any = None


class Render(Protocol[Head]):
    """Renders cards from rows, on a primary or a replica known to be fresh; one read per instance."""

    def __call__(
        self, ids: list[int], /, *, unavailable: Unavailable | None
    ) -> Mapping[int, RenderedCard[Head]]:
        """
        Return the cards of these ids; those of which there is none are absent.

        :raises InstanceUnavailable: without `unavailable`, which else takes what is absent for that reason
        """


def _refers_to_nothing(heads: Iterable[Any]) -> Refs:
    return {}


class CardKind(Generic[Head]):
    """
    One kind of card, under `<name>:<id>`, as its context registers it.

    `refs` tells of heads what their cards mention, ids by the name of the kind. Raise the layout's revision
    whenever the head or the form of the JSON changes. `ttl` is in seconds. Of an `announced` kind
    who listens to the channel called like an entry hears that it was changed.
    """

    def __init__(
        self,
        name: str,
        layout: Layout[Head],
        *,
        ttl: int,
        render: Render[Head],
        refs: Callable[[Iterable[Head]], Refs] = _refers_to_nothing,
        announced: bool = False,
    ) -> None:
        """Keep what the kind is like."""
        self._is_announced = announced
        self.name = name
        self.refs = refs
        self.render = render
        self._layout = layout
        self._prefix = f"{name}:".encode()
        self._ttl = ttl
        self._flights = Flights(self._make, wait_s=_WAIT_S)

    def get_many(
        self, ids: Iterable[int], *, unavailable: Unavailable | None = None
    ) -> dict[int, RenderedCard[Head]]:
        """
        Return the cards by id in the order asked, without what they mention; unknown and deleted are absent.

        :raises InstanceUnavailable: without `unavailable`, which else takes what is absent for that reason
        """
        return _load_round([(self, list(dict.fromkeys(ids)))], unavailable)[self.name]

    def put(self, cards: Mapping[int, RenderedCard[Head]]) -> None:
        """
        Keep cards, but for those of which a newer version is there.

        :raises RedisUnavailable: if Redis cannot be told now
        """
        self._change(self.store_cards(cards), cards)

    def put_tombstone(self, ids: Iterable[int], *, version: int) -> None:
        """
        Put a tombstone over cards: absent for all until a newer version comes or its life ends.

        :raises RedisUnavailable: if Redis cannot be told now
        """
        entries = dict.fromkeys(ids, self._layout.pack_tombstone(version))
        self._change(self.store(entries), entries)

    def _change(self, stored: dict[RedisClient, list[Command]], ids: Collection[int]) -> None:
        """Run what stores changed entries and, in the same trip, what tells of the change."""
        if self._is_announced:
            for client, its in group_by_redis(list(ids)).items():
                stored.setdefault(client, []).extend(("PUBLISH", f"{self.name}:{id}", "") for id in its)
        tell_each(stored)

    def command(self, ids: Sequence[int]) -> Command:
        """Return the one command that fetches these ids, which must be of one server."""
        # Text: to format it costs half of what bytes do, and the client takes either.
        name = self.name
        return ("MGET", *[f"{name}:{id}" for id in ids])

    def read(
        self, ids: Sequence[int], replies: Sequence[bytes | None]
    ) -> tuple[dict[int, RenderedCard[Head]], list[int]]:
        """Return what the replies to `command` hold and the ids that must be rendered."""
        found, absent, spoiled = self._layout.unpack(ids, replies)
        for hear in on_read:
            missing = len(absent) + len(spoiled)
            hear(self.name, len(ids) - missing, missing)
        for client, its in group_by_redis(spoiled).items():
            client.discard(*[b"%b%d" % (self._prefix, id) for id in its], reason="no card")
        return found, absent + spoiled

    def make_missing(
        self, ids: list[int], unavailable: Unavailable | None
    ) -> tuple[dict[int, RenderedCard[Head]], dict[RedisClient, list[Command]]]:
        """
        Return cards that Redis does not have, rendered together with whoever else misses them, and the
        commands that keep those that were rendered here.

        :raises InstanceUnavailable: without `unavailable`, which else takes what is absent for that reason
        """
        given = self._flights.fetch(ids)
        if unavailable is not None:
            unavailable.update(given.failures)
        else:
            for error in given.failures.values():
                raise error
        own = {id: given.found[id] for id in given.own_ids if id in given.found}
        return given.found, self.store_cards(own)

    def _make(self, ids: list[int]) -> Made[RenderedCard[Head]]:
        failures: Unavailable = {}
        return Made(self.render(ids, unavailable=failures), failures)

    def store_cards(self, cards: Mapping[int, RenderedCard[Head]]) -> dict[RedisClient, list[Command]]:
        """Return the commands that keep cards, by the server that is to keep them."""
        return self.store({id: self._layout.pack(card) for id, card in cards.items()})

    def store(self, entries: Mapping[int, bytes]) -> dict[RedisClient, list[Command]]:
        """Return the commands that store entries by the rule of versions, each of what Redis does quickly."""
        # Lives that differ a little keep a page's cards from all running out in the same second.
        life = int(self._ttl * random.uniform(0.9, 1.0))  # noqa: S311
        return {
            client: [
                self._put_some(ids[at : at + _KEYS_PER_CALL], entries, life)
                for at in range(0, len(ids), _KEYS_PER_CALL)
            ]
            for client, ids in group_by_redis(list(entries)).items()
        }

    def _put_some(self, ids: Sequence[int], entries: Mapping[int, bytes], life: int) -> Command:
        return PUT.call([b"%b%d" % (self._prefix, id) for id in ids], [life, *[entries[id] for id in ids]])


_kinds: dict[str, CardKind[Any]] = {}


def register(kind: CardKind[Head]) -> CardKind[Head]:
    """Make a kind known by its name, so that cards of other kinds may mention it; return it."""
    if kind.name in _kinds:
        raise TypeError(f"Two kinds of cards are called {kind.name}.")
    _kinds[kind.name] = kind
    return kind


def load(
    wanted: Mapping[str, Collection[int]],
    *,
    unavailable: Unavailable | None = None,
    beside: Beside | None = None,
) -> Loaded:
    """
    Return cards of any kinds, each in the order asked, and after them the cards that those mention.

    That is one round for what is asked and one for what it mentions, whatever the number of kinds: each is
    one trip to Redis, and for what is missing there one read per instance and kind, and one trip to keep it.
    What cards of the second round mention is not loaded: a head names all that its own page needs. What goes
    `beside` is asked in the first round.

    :raises InstanceUnavailable: without `unavailable`, which else takes what is absent for that reason
    """
    asked = [(_kinds[name], list(dict.fromkeys(ids))) for name, ids in wanted.items()]
    loaded = _load_round(asked, unavailable, beside)
    mentioned = [(_kinds[name], list(ids)) for name, ids in _mentioned(loaded, wanted) if ids]
    if mentioned:
        for name, cards in _load_round(mentioned, unavailable).items():
            loaded[name] = loaded.get(name, {}) | cards
    return loaded


def _mentioned(loaded: Loaded, wanted: Mapping[str, Collection[int]]) -> Iterator[tuple[str, set[int]]]:
    """Yield, of each kind, the ids that cards mention and nobody has asked for yet."""
    found: dict[str, set[int]] = {}
    for name, cards in loaded.items():
        for other, ids in _kinds[name].refs([card.head for card in cards.values()]).items():
            found.setdefault(other, set()).update(ids)
    for name, ids in found.items():
        yield name, ids.difference(wanted.get(name, ()))


def _load_round(
    asked: Sequence[tuple[CardKind[Any], list[int]]],
    unavailable: Unavailable | None,
    beside: Beside | None = None,
) -> Loaded:
    """Return the cards of several kinds in the order asked: from Redis, else rendered and kept."""
    loaded: Loaded = {}
    commands: dict[RedisClient, list[Command]] = {}
    for (kind, ids), (found, absent) in zip(asked, _fetch(asked, beside), strict=True):
        if absent:
            rendered, kept = kind.make_missing(absent, unavailable)
            for client, its in kept.items():
                commands.setdefault(client, []).extend(its)
            found |= rendered
            found = {id: found[id] for id in ids if id in found}
        loaded[kind.name] = found
    # Whose Redis is away has them rendered anew.
    for error in ask_each(commands).failures.values():
        outages.met(error.server, error)
    return loaded


def _fetch(
    asked: Sequence[tuple[CardKind[Any], list[int]]], beside: Beside | None
) -> list[tuple[dict[int, RenderedCard[Any]], list[int]]]:
    """Return, of each kind, what is kept and which ids must be rendered: one round trip for all."""
    client = only_redis()
    if client is None:
        return _fetch_from_several(asked, beside)
    commands = [kind.command(ids) for kind, ids in asked if ids]
    if beside is not None:
        commands.append(beside.command)
    try:
        replies = iter(client.run(*commands))
    except RedisUnavailable:
        return [({}, ids) for _, ids in asked]
    found = [kind.read(ids, next(replies)) if ids else ({}, []) for kind, ids in asked]
    if beside is not None:
        beside.reply = next(replies)
    return found


def _fetch_from_several(
    asked: Sequence[tuple[CardKind[Any], list[int]]], beside: Beside | None
) -> list[tuple[dict[int, RenderedCard[Any]], list[int]]]:
    """Return the same from the servers whose ids they are; of a server that is away everything is absent."""
    groups = [group_by_redis(ids) for _, ids in asked]
    commands: dict[RedisClient, list[Command]] = {}
    for (kind, _), by_client in zip(asked, groups, strict=True):
        for client, its in by_client.items():
            commands.setdefault(client, []).append(kind.command(its))
    if beside is not None:
        commands.setdefault(beside.client, []).append(beside.command)
    replies = {client: iter(its) for client, its in ask_each(commands).by_client.items()}
    found = []
    for (kind, ids), by_client in zip(asked, groups, strict=True):
        entries: dict[int, bytes | None] = {}
        for client, its in by_client.items():
            if client in replies:
                entries.update(zip(its, next(replies[client]), strict=True))
        found.append(kind.read(ids, [entries.get(id) for id in ids]))
    if beside is not None and beside.client in replies:
        beside.reply = next(replies[beside.client])
    return found
