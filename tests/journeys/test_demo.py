"""The demo's loader and its judge agree, and the judge sees a planted mistake."""

import gzip
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from config.demo.source import read
from modules.accounts import public as accounts
from modules.graph import public as graph

pytestmark = pytest.mark.django_db

USERS = 40


@pytest.fixture
def demo():
    call_command("demo", users=USERS, json=True, stdout=io.StringIO())


def verify() -> dict[str, Any]:
    out = io.StringIO()
    call_command("verify_demo", users=USERS, people=20, json=True, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


class TestDemo:
    def test_shows_everybody_what_the_source_says(self, demo):
        found = verify()

        assert found["differences"] == []
        assert sum(found["compared"].values()) == 20

    def test_loads_the_same_again_without_doubling_anything(self, demo):
        call_command("demo", users=USERS, json=True, stdout=io.StringIO())

        assert verify()["differences"] == []

    def test_gives_a_log_in_that_works(self, demo):
        out = io.StringIO()

        call_command("demo", print_access=True, stdout=out)

        access = json.loads(out.getvalue())
        assert int(access["user_id"]) == accounts.find_user_id("ada")
        assert len(access["token"]) > 20

    def test_leaves_what_is_there_alone_when_asked_to(self, demo):
        out = io.StringIO()

        call_command("demo", users=3, if_empty=True, stdout=out)

        assert out.getvalue().strip() == "A demo is there already."


class TestVerifyDemo:
    def test_names_an_edge_that_should_not_be(self, demo):
        source = read(None, None, USERS)
        stranger = next(n for n in range(USERS) if n and (n, 0) not in source.follows)
        ids = accounts.map_user_ids([source.username(stranger), source.username(0)])
        graph.add_edges_in_bulk([(ids[source.username(stranger)], ids[source.username(0)])])

        with pytest.raises(CommandError, match="differences"):
            verify()

    def test_says_what_to_do_when_nothing_is_loaded(self):
        with pytest.raises(CommandError, match=r"Run: manage.py demo"):
            verify()


class TestABrokenSource:
    def test_is_refused_with_its_line(self, tmp_path):
        path = tmp_path / "follows.gz"
        path.write_bytes(gzip.compress(b"1\t2\nx\n"))

        with pytest.raises(CommandError, match=r"follows\.gz, line 2"):
            call_command("demo", follows=path)

        assert accounts.find_user_id("ada") is None
