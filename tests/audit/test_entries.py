"""The record of what was done: written with or without an app, for whom a SELECT finds."""

from __future__ import annotations

import pytest

from modules.audit.models import AuditEntry
from modules.audit.public import list_entries, note, record_request
from modules.audit.schemas import Action
from modules.kernel.cursors import Paging
from sharding.scope import writing_directory
from sharding.testing import count_queries
from tests.kit.people import NOON

pytestmark = pytest.mark.django_db

READING = Action("GET", "/v1/me", "r1")


def record(found: str, **values: int) -> tuple[object, ...] | None:
    return record_request(READING, found=found, values=values, app_id="nightly", key_id=7, now=NOON)


class TestNote:
    def test_needs_no_app(self, db):
        with writing_directory():
            note("account_suspended", actor_id=1, user_id=2, now=NOON)

        kept = AuditEntry.objects.values_list("action", "app_id", "key_id", "actor_id", "user_id", "at")
        assert list(kept) == [("account_suspended", None, None, 1, 2, NOON)]
        assert list_entries("", Paging.first(10)).data == []

    def test_is_undone_with_what_it_records(self, db):
        def fail() -> None:
            with writing_directory():
                note("account_suspended", actor_id=1, now=NOON)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()

        assert AuditEntry.objects.count() == 0


class TestRequest:
    def test_is_recorded_with_who_is_found_in_one_statement(self, db):
        with count_queries() as queries:
            row = record("SELECT %(wanted)s::bigint AS user_id, 'x' AS more", wanted=5)

        assert row == (5, "x")
        kept = AuditEntry.objects.values_list("action", "app_id", "key_id", "user_id", "method", "path")
        assert list(kept) == [("request", "nightly", 7, 5, "GET", "/v1/me")]
        assert sum("accounts_auditentry" in sql for _, sql in queries.statements) == 1

    def test_is_not_recorded_of_nobody(self, db):
        assert record("SELECT %(wanted)s::bigint AS user_id WHERE false", wanted=5) is None
        assert AuditEntry.objects.count() == 0
