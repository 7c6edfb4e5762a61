"""A new fence and one that was brought up to date are the same: asked of a real instance, and rolled back."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.db.migrations.state import ProjectState

from sharding import catalog
from sharding.fence import AddFence, UpgradeFence

pytestmark = pytest.mark.django_db

OWN = "shardtests_note"


class _RolledBack(Exception):
    pass


@pytest.fixture
def editor() -> Iterator[Any]:
    with suppress(_RolledBack), connections["a"].schema_editor() as editor:
        yield editor
        raise _RolledBack


@pytest.fixture
def state() -> ProjectState:
    return ProjectState.from_apps(apps)


def fence_of_note() -> dict[str, str]:
    """Return the function, the triggers and the checks that stand."""
    return {name: found for name, found in catalog.read("a").found.items() if OWN in name}


class TestVersions:
    def test_lead_to_the_same_fence(self, editor, state):
        upgraded = fence_of_note()
        for version in (1, 2):
            AddFence("Note", owner="author_id", version=version).database_backwards(
                "shardtests", editor, state, state
            )
            assert fence_of_note() == {}
            AddFence("Note", owner="author_id", version=version).database_forwards(
                "shardtests", editor, state, state
            )

        assert fence_of_note() == upgraded
        assert set(upgraded) == {
            f"function fence_{OWN}()",
            *(f"check {OWN}.{OWN}_fence_{name}" for name in ("id", "owner")),
            *(f"trigger {OWN}.fence_{event}" for event in ("insert", "update", "delete", "truncate")),
        }

    def test_go_back_by_one(self, editor, state):
        before = fence_of_note()
        upgrade = UpgradeFence("Note", owner="author_id", version=2)

        upgrade.database_backwards("shardtests", editor, state, state)
        older = fence_of_note()
        upgrade.database_forwards("shardtests", editor, state, state)

        assert {name for name in before if before[name] != older[name]} == {f"function fence_{OWN}()"}
        assert fence_of_note() == before

    def test_leave_the_directory_alone(self, state):
        with connections["default"].schema_editor(collect_sql=True) as editor:
            AddFence("Note", owner="author_id", version=2).database_forwards(
                "shardtests", editor, state, state
            )
            UpgradeFence("Note", owner="author_id", version=2).database_forwards(
                "shardtests", editor, state, state
            )

        assert editor.collected_sql == []
