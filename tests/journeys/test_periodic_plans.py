"""What runs by the clock reads large tables by an index, or says why it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from celery import current_app
from django.db import connections

from config.schedule import SCHEDULE
from sharding import audits, scatter
from tests.journeys.crowd import fill
from tests.journeys.scans import Asked, watching
from tests.kit.delivery import drain
from tests.kit.people import make_newcomer

pytestmark = pytest.mark.django_db

# The audits are looked at one by one.
AUDITS = "audit-sample"


class Walk(NamedTuple):
    """A part of a plan that looks through a table from one end to the other."""

    table: str
    plan: str
    sql: str


def walks(alias: str, sql: str, params: Any, large: set[str]) -> Iterator[Walk]:
    """
    Yield how a statement looks through large tables though indexes were free: none of these serves it.

    Of so few rows it would read them all, and the plan would tell nothing of a large table's.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            [(plan,)] = cursor.fetchall()
        finally:
            cursor.execute("RESET enable_seqscan")
    [root] = plan if isinstance(plan, list) else json.loads(plan)
    for node in nodes(root["Plan"], is_limited=False):
        if node["Relation Name"] in large:
            yield Walk(node["Relation Name"], node["Node Type"], sql)


def nodes(plan: dict[str, Any], *, is_limited: bool) -> Iterator[dict[str, Any]]:
    """Yield the scans of a plan that nothing narrows: no condition of an index, nor a page that ends them."""
    kind = plan["Node Type"]
    is_limited = kind == "Limit" or (is_limited and kind in PASSING)
    is_whole = kind == "Seq Scan" or (
        "Index" in kind and "Relation Name" in plan and "Index Cond" not in plan
    )
    if is_whole and (not is_limited or "Filter" in plan):
        yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part, is_limited=is_limited)


# Who asks for no more rows than are asked of them.
PASSING = ("LockRows", "Append", "Merge Append", "Result", "Nested Loop", "Subquery Scan")


@pytest.fixture
def crowd() -> dict[str, set[str]]:
    """Some people with rows of their own, among thousands of strangers; which tables these are in."""
    for name in ("ada", "ben"):
        make_newcomer(name)
    drain()
    current_app.loader.import_default_modules()
    filled = {alias: set(tables) for alias, tables in fill().items()}
    for alias in ("a", "b"):
        with connections[alias].cursor() as cursor:
            # Else a job would do its work with strangers' files, which are none.
            cursor.execute("UPDATE media_media SET attached_to = owner_id, variants = '[]'")
    return filled


def found_in(asked: Asked, crowd: dict[str, set[str]]) -> set[tuple[str, str, str]]:
    found = set()
    for alias, sql, params in {repr(one): one for one in asked.statements}.values():
        if sql.lstrip().upper().startswith(("SELECT", "DELETE", "UPDATE", "WITH")):
            for walk in walks(alias, sql, params, crowd.get(alias, set())):
                found.add((walk.table, walk.plan, walk.sql))
    return found


@pytest.mark.parametrize("name", sorted(SCHEDULE.keys() - {AUDITS}))
def test_jobs(crowd, name):
    with scatter.serially(), watching() as asked:
        current_app.tasks[SCHEDULE[name]["task"]].apply(throw=True)

    assert found_in(asked, crowd) == set()


def test_audits(crowd):
    found = {}
    for audit in audits.registered():
        with scatter.serially(), watching() as asked:
            for owner_ids in audits.batches(audit, 50):
                list(audit.compare(owner_ids))
        found[audit.name] = found_in(asked, crowd)

    assert {name: walks for name, walks in found.items() if walks} == {}
