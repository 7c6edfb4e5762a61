"""No table that holds what is somebody's is forgotten when they take along what is theirs."""

from __future__ import annotations

from django.apps import apps

from modules.kernel.archives import list_tables
from sharding.models import ShardedModel


class TestTables:
    def test_are_each_in_the_archive_or_left_out_for_a_reason(self):
        archived, left_out = list_tables()
        owned = {
            model
            for model in apps.get_models()
            if model.__module__.startswith("modules.")
            and (issubclass(model, ShardedModel) or _names_a_user(model))
        }

        assert owned - archived - set(left_out) == set()
        assert archived.isdisjoint(left_out)
        assert all(len(because) > 20 for because in left_out.values())


def _names_a_user(model):
    """Whether a table of the directory has a column for a user."""
    return any(field.name in ("user", "user_id") for field in model._meta.get_fields())
