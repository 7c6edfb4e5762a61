"""What a connection that is not Django's is told."""

import psycopg
import pytest
from django.db import connections

from sharding.conninfo import parameters_of

pytestmark = pytest.mark.django_db


class TestParametersOf:
    def test_are_those_of_the_orm_without_what_django_adds(self, settings):
        ours = connections["a"].get_connection_params()

        found = parameters_of("a")

        assert {name: ours[name] for name in ("host", "options", "keepalives_idle")}.items() <= found.items()
        assert sorted(ours.keys() - found.keys()) == ["context", "cursor_factory", "prepare_threshold"]

    def test_open_a_connection(self):
        with psycopg.connect(**parameters_of("a")) as connection:
            row = connection.execute("SHOW statement_timeout").fetchone()

        assert row == ("5s",)
