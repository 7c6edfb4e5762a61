"""
`python -m benchmarks.mailings`: what digests and a newsletter cost, with fragments and without.

A stack of its own, and 20,000 people who want both. An issue goes round to them, broken off half-way and
taken up again; a digest is made for each, of whom some block or mute whom it would show. Measured is the CPU
of this process, not what PostgreSQL and Redis do. Printed, not asserted, but that each gets the issue once.
"""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import migrate
from benchmarks.inside import begin
from deploy.embedded.throwaway import throwaway_stack

PEOPLE = 20_000
AUTHORS = 40
# One in so many blocks, and one in so many mutes, an author of what is popular.
PICKY = 40


class Row(NamedTuple):
    """What was done to so many mails: CPU in microseconds for each, and how many fragments were there."""

    name: str
    mails: int
    cpu_us: float
    hits: int
    looks: int


class Kept:
    """The cache of fragments, counted; switched off, it holds nothing."""

    def __init__(self) -> None:
        from django.core.cache import caches

        self._cache: Any = caches["fragments"]
        self._get, self._set = self._cache.get, self._cache.set
        self.hits = self.looks = 0

    def begin(self, *, is_on: bool) -> None:
        """Forget everything, and count from nothing."""
        self._cache.clear()
        self.hits = self.looks = 0
        self._cache.get = self._count if is_on else lambda key, default=None, version=None: default
        self._cache.set = self._set if is_on else lambda *args, **named: None

    def _count(self, key: str, default: Any = None, version: Any = None) -> Any:
        found = self._get(key, default, version)
        self.looks += 1
        self.hits += found is not None
        return found


def main() -> None:
    """Boot a stack, load it, measure, print, leave nothing behind."""
    parser = ArgumentParser(prog="python -m benchmarks.mailings", description="Measure mails to many.")
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"who want mails ({PEOPLE})")
    asked = parser.parse_args()
    console = Console(stderr=True)
    console.print("Starting directory, two instances, a replica and Redis")
    with throwaway_stack(migrate=migrate) as stack:
        os.environ.update(stack.env, BANYAN_LOG_LEVEL="ERROR", BANYAN_LIMITS="off")
        begin()
        people = load(asked.people, console)
        fragments = Kept()
        rows = [*_newsletter(people, fragments, console), *_digests(people, fragments, console)]
    _show(rows)


def load(number: int, console: Console) -> list[int]:
    """Make people with proven addresses who want the newsletter; some cannot bear some authors."""
    from allauth.account.models import EmailAddress

    from modules.accounts import public as accounts
    from modules.graph import public as graph
    from modules.graph.schemas import MuteOptions
    from modules.kernel import clock
    from modules.mailings.models import Subscription
    from modules.posts import public as posts
    from modules.posts.schemas import NewPost
    from modules.profiles import public as profiles
    from modules.timelines import public as timelines
    from sharding.ids import shard_of
    from sharding.scope import writing_directory, writing_for

    console.print(f"Loading {number} people")
    now = clock.now()
    names = [f"person{n}" for n in range(number)]
    people = accounts.create_accounts_in_bulk(names, now=now)
    profiles.create_profiles_in_bulk(zip(people, names, strict=True))
    with writing_directory():
        EmailAddress.objects.bulk_create(
            [
                EmailAddress(user_id=id, email=f"{name}@example.org", verified=True, primary=True)
                for id, name in zip(people, names, strict=True)
            ],
            batch_size=5000,
        )
    for mine in _by(shard_of, people):
        with writing_for(mine[0]):
            Subscription.objects.bulk_create(
                Subscription(
                    user_id=id,
                    digest=1,
                    digest_hour=8,
                    time_zone="",
                    heard_zone="",
                    told_id=0,
                    newsletter=True,
                )
                for id in mine
            )
    authors = people[:AUTHORS]
    for author, reader in zip(authors, people[AUTHORS:], strict=False):
        text = f"What {author} found out today is worth some two hundred characters. " * 3
        post = posts.publish_post(author, NewPost(text=text), now=now, once=None)
        posts.add_reaction(reader, post.id, "like")
    # In place of relay and worker: what was reacted to is counted.
    _count_reactions()
    timelines.rank_popular_posts(now=clock.now())
    for place, person in enumerate(people[AUTHORS * 2 :]):
        if place % PICKY == 0:
            graph.block(person, authors[place // PICKY % AUTHORS], now=now)
        elif place % PICKY == 1:
            graph.mute(person, authors[place // PICKY % AUTHORS], MuteOptions(), now=now)
    return people


def _newsletter(people: Sequence[int], fragments: Kept, console: Console) -> Iterator[Row]:
    """Write an issue to all, in two goes, and make HTML of its mails with fragments, and of some without."""
    from modules.kernel import clock
    from modules.mail.models import Mail
    from modules.mailings.schemas import NewIssue
    from modules.mailings.services.issues import create_issue, set_state

    console.print("An issue goes round")
    paragraphs = ["A paragraph of an issue has some three hundred characters, as people write them. " * 4] * 3
    sections = [{"heading": f"Section {n}", "paragraphs": paragraphs} for n in range(4)]
    new = NewIssue.model_validate({"subject": "News", "sections": sections})
    issue_id = create_issue(people[0], new, now=clock.now(), once=None).id
    fragments.begin(is_on=True)
    with _timed() as took:
        set_state(issue_id, "sending", now=clock.now())
        _go_round(issue_id, steps=len(people) // 400)
        set_state(issue_id, "paused", now=clock.now())
        before = Mail.objects.count()
        set_state(issue_id, "sending", now=clock.now())
        _go_round(issue_id)
    mails = Mail.objects.count()
    if not before < mails == Mail.objects.values("to").distinct().count() == len(people):
        raise RuntimeError(f"{mails} mails for {len(people)} people")
    console.print(f"{before} mails before the pause, {mails} after, each to somebody else")
    yield Row("newsletter: written (text)", mails, took[0] / mails, fragments.hits, fragments.looks)
    ids = list(Mail.objects.order_by("id").values_list("id", flat=True))
    yield _render("newsletter: HTML, fragments", ids, fragments, is_on=True)
    yield _render("newsletter: HTML, no fragments", ids[::5], fragments, is_on=False)


def _digests(people: Sequence[int], fragments: Kept, console: Console) -> Iterator[Row]:
    """Make a digest for each, and render all with fragments and some without."""
    from modules.kernel import clock
    from modules.mail.services.rendering import render_html, render_text
    from modules.mailings.events import DigestDue
    from modules.mailings.services.digests import compose_digest

    console.print("Digests are made")
    due = int(clock.now().timestamp())
    with _timed() as took:
        made = [compose_digest(DigestDue(user_id=id, due=due, after_id=0, until_id=2**62)) for id in people]
    mails = [mail for mail in made if mail is not None]
    yield Row("digest: composed, visibility asked for each", len(mails), took[0] / len(mails), 0, 0)
    for name, some, is_on in (("fragments", mails, True), ("no fragments", mails[::5], False)):
        fragments.begin(is_on=is_on)
        with _timed() as took:
            for mail in some:
                render_text(mail)
                render_html(mail)
        yield Row(
            f"digest: text and HTML, {name}", len(some), took[0] / len(some), fragments.hits, fragments.looks
        )
    console.print(f"{len({mail.facts['popular_key'] for mail in mails})} different popular parts")


def _render(name: str, ids: Sequence[int], fragments: Kept, *, is_on: bool) -> Row:
    """Make HTML of mails that are written down, as whoever sends them does; to read them is not counted."""
    from modules.mail.models import Mail
    from modules.mail.services.sending import to_message

    fragments.begin(is_on=is_on)
    spent = 0.0
    for first in range(0, len(ids), 200):
        rows = list(Mail.objects.filter(id__in=ids[first : first + 200]))
        with _timed() as took:
            for row in rows:
                to_message(row)
        spent += took[0]
    return Row(name, len(ids), spent / len(ids), fragments.hits, fragments.looks)


def _go_round(issue_id: int, *, steps: int = 1 << 30) -> None:
    """Do what the news of an issue's steps has done, so many of them."""
    from modules.kernel import clock
    from modules.mailings.events import IssuePartDue
    from modules.mailings.models import Part
    from modules.mailings.services.rounds import go_on

    while steps > 0 and (parts := list(Part.objects.filter(issue_id=issue_id, is_done=False)[:steps])):
        steps -= len(parts)
        for part in parts:
            go_on(
                IssuePartDue(
                    issue_id=issue_id,
                    first_shard=part.first_shard,
                    after_shard=part.after_shard,
                    after_id=part.after_id,
                ),
                now=clock.now(),
            )


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Measure the CPU of this process, all threads, in microseconds."""
    took = [0.0]
    began = time.process_time()
    yield took
    took[0] = (time.process_time() - began) * 1e6


def _by(key: Callable[[int], int], ids: Iterable[int]) -> Iterator[list[int]]:
    groups: dict[int, list[int]] = {}
    for id in ids:
        groups.setdefault(key(id), []).append(id)
    return iter(groups.values())


def _count_reactions() -> None:
    """Deliver what was announced, in this process."""
    from contextlib import ExitStack, closing
    from importlib import import_module
    from importlib.util import find_spec

    from django.conf import settings

    from config.settings.contexts import CONTEXTS
    from modules.kernel import bus
    from sharding.delivery.relay import Relay

    for context in CONTEXTS:
        if find_spec(f"modules.{context}.tasks"):
            import_module(f"modules.{context}.tasks")
    bus.declare_events()
    with ExitStack() as stack:
        relays = [
            stack.enter_context(closing(Relay(alias, bus.dispatch, settings.RELAY)))
            for alias in ("default", *settings.SHARDING.instances)
        ]
        while sum(relay.step() for relay in relays):
            pass


def _show(rows: Sequence[Row]) -> None:
    table = Table(title="Mails to many")
    for column in ("what", "mails", "CPU µs each", "fragments found"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for row in rows:
        found = f"{row.hits / row.looks:.2%} of {row.looks}" if row.looks else ""
        table.add_row(row.name, str(row.mails), f"{row.cpu_us:.0f}", found)
    Console().print(table)


if __name__ == "__main__":
    main()
