"""Comparing what the system says with the answer computed from the file."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console

from deploy.demo.load import last_past_moment
from deploy.demo.progress import step
from deploy.demo.source import SEED, Source
from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.posts.schemas import PostCard
from modules.timelines import public as timelines
from sharding.conf import settings
from sharding.ids import moment_of, shard_of
from sharding.shard_map import alias_of

PAGES, PAGE = 3, 50


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person should see, and sees."""

    username: str
    instance: str
    what: str
    expected: object
    found: object


class NotLoaded(Exception):
    """The demo of this source is not in the databases."""


def verify(source: Source, users: int, console: Console) -> tuple[Counter[str], list[Difference]]:
    """
    Compare counts and homes of so many people, as many of each instance, and count who was compared where.

    :raises NotLoaded: if somebody of the source has no account
    """
    ids = _ids(source)
    chosen = _choose(ids, users)
    followees = _followees(source)
    followers = source.followers()
    differences: list[Difference] = []
    with step("People compared", len(chosen), console) as shown:
        for number in chosen:
            expected = (followers[number], len(followees[number]))
            differences += _compare(source, ids, number, expected, followees[number])
            shown.advance(1)
    return Counter(alias_of(shard_of(ids[number])) for number in chosen), differences


def verify_followers(source: Source, console: Console) -> list[Difference]:
    """Compare everybody's follower count with the file's in-degree."""
    ids, followers = _ids(source), source.followers()
    differences: list[Difference] = []
    with step("Follower counts compared", source.users, console) as shown:
        for start in range(0, source.users, 2_000):
            numbers = range(start, min(start + 2_000, source.users))
            counts = graph.map_counts([ids[number] for number in numbers])
            for number in numbers:
                found = counts[ids[number]].followers if ids[number] in counts else 0
                if found != followers[number]:
                    differences.append(
                        _difference(source, ids, number, "followers", followers[number], found)
                    )
            shown.advance(len(numbers))
    return differences


def _compare(
    source: Source, ids: list[int], number: int, expected: tuple[int, int], followees: set[int]
) -> Iterator[Difference]:
    counts = graph.map_counts([ids[number]]).get(ids[number])
    found = (counts.followers, counts.following) if counts else (0, 0)
    if found != expected:
        yield _difference(source, ids, number, "followers, following", expected, found)
    home = list(_home(ids[number]))
    seen = {ids[followee] for followee in followees} | {ids[number]}
    strangers = sorted({card.author_id for card in home} - seen)
    if strangers:
        yield _difference(source, ids, number, "authors who are not followed", [], strangers)
    past = [card.author_id for card in home if not _is_live(source, card)]
    # The past post of the best connected is the newest, so a home's past is its authors in order.
    wanted = [ids[other] for other in sorted({*followees, number})][: len(past)]
    if past != wanted or len(past) < min(len(followees) + 1, PAGES * PAGE - (len(home) - len(past))):
        yield _difference(source, ids, number, "home", wanted, past)


def _home(user_id: int) -> Iterator[PostCard]:
    """Yield the cards of a home's first pages, through the cursor as a client would."""
    paging = Paging.first(limit=PAGE)
    for _ in range(PAGES):
        page = timelines.get_home(graph.viewer_of(user_id), paging)
        cards = page.parse().data
        yield from cards
        if page.next is None:
            return
        paging = Paging(limit=PAGE, position=(cards[-1].id,))


def _is_live(source: Source, card: PostCard) -> bool:
    return moment_of(card.id) > last_past_moment(source)


def _ids(source: Source) -> list[int]:
    found = [accounts.find_user_id(source.username(number)) for number in (0, source.users - 1)]
    if None in found:
        raise NotLoaded
    names = [source.username(number) for number in range(source.users)]
    known = accounts.map_user_ids(names)
    return [known[name] for name in names]


def _choose(ids: list[int], users: int) -> list[int]:
    """Return so many people, the same on every run, as many of each instance."""
    draw = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    by_instance: dict[str, list[int]] = defaultdict(list)
    for number, user_id in enumerate(ids):
        by_instance[alias_of(shard_of(user_id))].append(number)
    share = users // len(settings().instances)
    return [number for known in by_instance.values() for number in draw.sample(known, min(share, len(known)))]


def _followees(source: Source) -> dict[int, set[int]]:
    followees: dict[int, set[int]] = defaultdict(set)
    for follower, followee in source.follows:
        followees[follower].add(followee)
    return followees


def _difference(
    source: Source, ids: list[int], number: int, what: str, expected: object, found: object
) -> Difference:
    return Difference(source.username(number), alias_of(shard_of(ids[number])), what, expected, found)
