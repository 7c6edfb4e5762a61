"""No sharded table outlives its owner without saying so; what is deleted by owner is found by an index."""

from __future__ import annotations

import pytest
from django.db import connections

from modules.erasure.selectors.leftovers import STAYS
from sharding import erasing

USERS = {"user_id", "author_id", "owner_id"}


def test_what_is_owned_by_no_user_says_what_erases_it():
    silent = {
        model._meta.db_table
        for model in erasing.sharded_models()
        if model.owner_key not in USERS and not model.erased_by
    }

    assert silent == set()


def test_what_outlives_its_owner_is_named_with_the_reason():
    assert {model._meta.db_table for model in erasing.sharded_models() if model.erased_by} == {
        "erasure_receipt",
        "posts_post",
        "posts_postcount",
        "posts_reactionin",
        "posts_share",
        "posts_tag",
        "posts_tagpost",
        "posts_threadentry",
    }


@pytest.mark.django_db
def test_every_other_sharded_table_is_deleted_by_owner():
    kept = {model._meta.db_table for model in erasing.sharded_models() if model.erased_by}

    assert {owned.table for owned in _tables()} | kept == _sharded_tables() | {"once"}


@pytest.mark.django_db
def test_an_owner_is_found_by_an_index_in_every_table():
    walked = set()
    with connections["a"].cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            for owned in _tables():
                cursor.execute(f"EXPLAIN SELECT ctid FROM {owned.table} WHERE {owned.owner} = 1 LIMIT 500")
                if "Seq Scan" in (plan := "\n".join(line for (line,) in cursor.fetchall())):
                    walked.add((owned.table, plan))
        finally:
            cursor.execute("RESET enable_seqscan")

    assert walked == set()


@pytest.mark.django_db
def test_what_may_stay_is_a_table_that_there_is():
    found = set()
    for alias in ("default", "a"):
        found |= set(connections[alias].introspection.table_names())

    assert STAYS.keys() - found == set()


def _tables():
    """Return what is deleted by owner, without the tables that are there for tests alone."""
    return [owned for owned in erasing.owned_tables() if not owned.table.startswith("shardtests_")]


def _sharded_tables():
    """Return the tables with a fence, which no model can be sharded without."""
    with connections["a"].cursor() as cursor:
        cursor.execute("""
            SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE tgname LIKE '%fence%' AND relname NOT LIKE 'shardtests_%'
                AND relname NOT IN ('outbox_event', 'once')""")
        return {table for (table,) in cursor.fetchall()}
