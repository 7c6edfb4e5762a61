"""People who talk to each other: threads, tags, circles that reply and repost, and who reads all that."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.db import connections
from rich.console import Console

from benchmarks.people import FULL_PAGE, Person, make_people
from config.settings.contexts import CONTEXTS
from deploy.demo.progress import step
from deploy.demo.source import SEED
from modules.graph import public as graph
from modules.kernel import bus, clock
from modules.posts import public as posts
from modules.posts.schemas import NewPost
from sharding.conf import settings as sharding_settings
from sharding.delivery.consumer import Delivery
from sharding.delivery.relay import Relay

THREADS = 16
CIRCLES, MEMBERS = 4, 6
READERS = 64
MIRRORS = "posts.mirror"


@dataclass(frozen=True, slots=True)
class Lively:
    """Roots with a page of replies, tags with a page of posts, and readers whose first page is mixed."""

    threads: list[int]
    tags: list[str]
    readers: list[Person]


def enliven(
    writers: list[Person], readers: list[Person], seen: list[int], star_id: int, console: Console
) -> Lively:
    """
    Have writers answer each other with tags, and circles of others reply and repost; make their readers.

    Each of these follows one circle and whom one of the readers follows, the most followed author left out:
    whose posts are measured on their way keeps the followers they had.
    """
    forget_news()
    with step("Replies with tags", THREADS, console) as shown:
        threads = []
        for number in range(THREADS):
            threads.append(_discuss(number, writers))
            shown.advance(1)
    circles = _make_circles(random.Random(SEED).sample(seen, CIRCLES * MEMBERS))
    deliver_mirrors()
    forget_news()
    return Lively(threads, [_tag(number) for number in range(THREADS)], _follow(circles, readers, star_id))


def _tag(number: int) -> str:
    return f"bench{number:02d}"


def _discuss(number: int, writers: list[Person]) -> int:
    """Return a post to which more than a page was replied, all with one tag."""
    root = _say(writers[number].id, "What do you think?")
    for at in range(FULL_PAGE + 1):
        _say(writers[(number + at) % len(writers)].id, f"I think so too. #{_tag(number)}", reply_to=root)
    return root


def _make_circles(originals: list[int]) -> list[list[int]]:
    """Return people of whose 24 posts one in four replies, and one in four reposts."""
    members = [one.id for one in make_people("circle", CIRCLES * MEMBERS)]
    circles = [members[at : at + MEMBERS] for at in range(0, len(members), MEMBERS)]
    passed_on: Iterator[int] = iter(originals)
    for circle in circles:
        said = [_say(author_id, "A banyan grows by dropping new roots.") for author_id in circle]
        for author_id, post_id in zip(circle, said[1:] + said[:1], strict=True):
            _say(author_id, "Well said.", reply_to=post_id)
            posts.repost(author_id, next(passed_on), now=clock.now())
            _say(author_id, "Shard early, rebalance calmly.")
    return circles


def _say(author_id: int, text: str, *, reply_to: int | None = None) -> int:
    new = NewPost(text=text, reply_to=reply_to)
    return posts.publish_post(author_id, new, now=clock.now(), once=None).id


def _follow(circles: list[list[int]], readers: list[Person], star_id: int) -> list[Person]:
    made = make_people("lively", READERS)
    pairs: list[tuple[int, int]] = []
    for at, one in enumerate(made):
        followed = set(graph.list_following_ids(readers[at % len(readers)].id)) - {star_id}
        pairs += [(one.id, target_id) for target_id in [*circles[at % CIRCLES], *followed]]
    graph.add_edges_in_bulk(pairs)
    return made


def deliver_mirrors() -> None:
    """Have what was announced noted at the other side; nobody hears of it otherwise."""
    for context in CONTEXTS:
        if find_spec(f"modules.{context}.tasks"):
            import_module(f"modules.{context}.tasks")
    for alias in sharding_settings().instances:
        with closing(Relay(alias, _hear, settings.RELAY)) as relay:
            while relay.step():
                pass


def _hear(subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
    if subscriber.startswith(MIRRORS):
        bus.dispatch(subscriber, queue, alias, deliveries)


def forget_news() -> None:
    """Have nobody hear of what was announced so far."""
    for alias in sharding_settings().instances:
        with connections[alias].cursor() as cursor:
            cursor.execute("DELETE FROM outbox_event")
            cursor.execute("DELETE FROM outbox_delivery")
