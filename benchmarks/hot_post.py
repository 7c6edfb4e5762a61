"""
`python -m benchmarks.hot_post`: what it costs to count the reactions to a post that everybody likes.

So many people react to one post, and as many to a post each; nobody relays meanwhile. Then the relays' turns
and the subscribers run in this process, one after the other, and of each of the two is measured what a
reaction costs from the outbox to its count: CPU of this process, of PostgreSQL and of Redis. No request is
sent and no broker asked; what is counted in the end must be all of them.
"""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import migrate
from benchmarks.cpu import Used, used_by
from benchmarks.inside import begin
from deploy.embedded.throwaway import Throwaway, throwaway_stack

REACTIONS = 1000
US = 1e6


def main() -> None:
    """Boot a stack, and measure both."""
    parser = ArgumentParser(
        prog="python -m benchmarks.hot_post", description="Measure how reactions are counted."
    )
    parser.add_argument(
        "--reactions", type=int, default=REACTIONS, help=f"how many people react ({REACTIONS})"
    )
    many = parser.parse_args().reactions
    with throwaway_stack(migrate=migrate) as stack:
        os.environ.update(stack.env, BANYAN_LOG_LEVEL="ERROR", BANYAN_LIMITS="off")
        begin()
        Console().print(_measure(stack, many))


def _measure(stack: Throwaway, many: int) -> Table:
    from benchmarks.lively import deliver_mirrors, forget_news
    from benchmarks.people import make_people
    from modules.kernel import clock
    from modules.posts import public as posts
    from modules.posts.schemas import NewPost
    from modules.posts.selectors.post_counts import render_counts

    people = [one.id for one in make_people("reactor", many)]
    table = Table(title=f"From the outbox to the count, {many:,} reactions")
    for column in ("to", "a second", "CPU µs", "PostgreSQL µs", "Redis µs"):
        table.add_column(column)
    for name, every in (("one post", many), ("a post each", 1)):
        post_ids: list[int] = []
        for at, user_id in enumerate(people):
            if at % every == 0:
                new = NewPost(text="Everybody likes this.")
                post_ids.append(posts.publish_post(people[0], new, now=clock.now(), once=None).id)
            posts.add_reaction(user_id, post_ids[-1], "like")
        table.add_row(name, *_time(stack, deliver_mirrors, many))
        counted = b"".join(card.json for card in render_counts(post_ids).values())
        assert counted.count(b'"like":%d' % every) == len(post_ids), "not all were counted"
        forget_news()
    return table


def _time(stack: Throwaway, do: Callable[[], None], many: int) -> list[str]:
    pids = [process.pid for name, process in stack.processes.items() if name != "redis"]
    redis_pid = stack.processes["redis"].pid

    def used() -> Used:
        return Used(time.process_time(), used_by(redis_pid), used_by(*pids))

    before, began = used(), time.perf_counter()
    do()
    took, spent = time.perf_counter() - began, used().since(before)
    figures = [spent.server, spent.postgres, spent.redis]
    return [f"{many / took:.0f}", *(f"{each / many * US:.0f}" for each in figures)]


if __name__ == "__main__":
    main()
