"""
`python -m benchmarks.search`: what searches cost the databases, what they find, what a frozen one costs.

Texts are posted by so many people on two instances. Then queries are made of the texts, as in
tests/search/test_recall.py: words, beginnings and phrases.

- *Time*: of each query's first page of 20 the statements are heard and run again by EXPLAIN (ANALYZE); what
  an instance needed is the sum of their planning and execution, the least of three runs. The wall of a client
  says nothing on a machine that others use.
- *Recall*: page by page, down to where a search ends (1,000), against a scan of all texts by regular
  expressions, with all the time it takes.
- *Freeze*: one instance stands still, and first pages are asked for as ever.

It is printed, and exits with 1 if what was found differs from the scan, or if the frozen one is not named.
"""

from __future__ import annotations

import os
import random
import sys
import time
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import migrate
from benchmarks.inside import begin
from benchmarks.patrons import quantile
from deploy.embedded.throwaway import Throwaway, throwaway_stack

POSTS, QUERIES, AUTHORS = 200_000, 200, 512
FROZEN_QUERIES = 10
RUNS = 3
PATIENT_S = 60.0


def main() -> None:
    """Boot a stack, load it, measure, print, leave nothing behind."""
    parser = ArgumentParser(prog="python -m benchmarks.search", description="Measure searches of posts.")
    parser.add_argument("--texts", type=Path, help="one text a line, gzipped UTF-8; else generated")
    parser.add_argument("--posts", type=int, default=POSTS, help=f"how many posts ({POSTS:,})")
    parser.add_argument("--queries", type=int, default=QUERIES, help=f"how many queries ({QUERIES})")
    asked = parser.parse_args()
    console = Console(stderr=True)
    console.print("Starting directory, two instances, a replica and Redis")
    with throwaway_stack(migrate=migrate) as stack:
        os.environ.update(stack.env, BANYAN_LOG_LEVEL="CRITICAL", BANYAN_LIMITS="off")
        begin()
        if not _measure(stack, asked, console):
            sys.exit(1)


def _measure(stack: Throwaway, asked: Namespace, console: Console) -> bool:
    from benchmarks.searched import load, take_queries

    posted = load(asked.texts, asked.posts, AUTHORS, console)
    queries = take_queries(posted, asked.queries, random.Random(11))
    lines = [query.line for query in queries]
    console.print("Asking for first pages")
    Console().print(_times(stack, lines, posted.reader_id, len(posted.texts)))
    console.print("Comparing with a scan")
    is_equal = _compare(queries, posted.reader_id)
    console.print("Freezing instance b")
    return _freeze(stack, lines[:FROZEN_QUERIES], posted.reader_id) and is_equal


def _times(stack: Throwaway, lines: list[str], reader_id: int, posts: int) -> Table:
    """Return what the databases need for the first page of each query."""
    from benchmarks.searched import hear_page

    by_server: dict[str, list[float]] = {}
    for line in lines:
        for alias, statements in hear_page(line, reader_id).items():
            instance = alias.partition("_replica")[0]
            milliseconds = min(_replay(stack, alias, statements) for _ in range(RUNS))
            by_server.setdefault(instance, []).append(milliseconds)
    table = Table(title=f"Time of the database, ms; {len(lines)} queries, {posts:,} posts")
    for column in ("instance", "queries", "p50", "p99", "slowest"):
        table.add_column(column)
    for instance, times in sorted(by_server.items()):
        figures = [quantile(times, 0.5), quantile(times, 0.99), max(times)]
        table.add_row(instance, str(len(times)), *(f"{each:.1f}" for each in figures))
    return table


def _replay(stack: Throwaway, alias: str, statements: list[tuple[str, Any]]) -> float:
    """Return for how many milliseconds a server plans and executes some statements."""
    from django.db import connections

    spent = 0.0
    with connections[alias].cursor() as cursor:
        for sql, params in statements:
            if sql.startswith("SELECT set_config"):
                continue
            is_estimate = sql.startswith("EXPLAIN")
            explained = (
                sql.replace("(FORMAT JSON)", "(SUMMARY, FORMAT JSON)")
                if is_estimate
                else (f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
            )
            cursor.execute(explained, params)
            [[[plan]]] = cursor.fetchall()
            spent += plan["Planning Time"] + plan.get("Execution Time", 0.0)
    return spent


def _compare(queries: list[Any], reader_id: int) -> bool:
    """Say whether each query finds what a scan does."""
    from django.conf import settings

    from benchmarks.searched import walk

    settings.SEARCH = replace(settings.SEARCH, within_s=PATIENT_S)
    most = settings.SEARCH.max_depth
    found, wrong = 0, []
    for query in queries:
        expected = query.expected[:most]
        found += len(expected)
        if walk(query.line, reader_id) != expected:
            wrong.append(query.line)
    print(
        f"{len(queries)} queries, {found:,} posts in their lists: {len(queries) - len(wrong)} equal the scan"
    )
    for line in wrong:
        print(f"not equal: {line}")
    return not wrong


def _freeze(stack: Throwaway, lines: list[str], reader_id: int) -> bool:
    """Say what a page costs, and whether it names what is missing, while an instance stands still."""
    from django.conf import settings

    from benchmarks.searched import missing_of
    from config.settings.base import SEARCH

    settings.SEARCH = SEARCH
    took, named = [], set()
    stack.process("b").freeze()
    try:
        for line in lines:
            began = time.perf_counter()
            named.add(missing_of(line, reader_id))
            took.append(time.perf_counter() - began)
    finally:
        stack.process("b").thaw()
    middle, slowest = 1000 * quantile(took, 0.5), 1000 * max(took)
    print(
        f"b frozen: {len(took)} first pages, p50 {middle:.0f} ms, slowest {slowest:.0f} ms; the budget is"
        f" {1000 * SEARCH.within_s:.0f} ms; missing: {', '.join(sorted(map(str, named)))}"
    )
    return named == {("b",)}


if __name__ == "__main__":
    main()
