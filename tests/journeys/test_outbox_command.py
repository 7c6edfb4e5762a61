"""`manage.py outbox`: what an operator sees of news that does not arrive, and how it arrives after all."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from sharding.delivery.relay import LEADER_LOCK
from sharding.ids import make_id
from tests.kit.delivery import drain, relay_unheard
from tests.kit.machines import Machines, until
from tests.kit.people import Person, make_person

pytestmark = pytest.mark.django_db


def outbox(*words: str) -> tuple[int, str]:
    """Return the exit status, and what was printed."""
    out, status = io.StringIO(), 0
    try:
        call_command("outbox", *words, stdout=out)
    except SystemExit as end:
        status = int(str(end.code))
    return status, out.getvalue()


def entries(*words: str) -> dict[str, dict[str, Any]]:
    return {entry["instance"]: entry for entry in json.loads(outbox(*words, "--json")[1])}


@pytest.fixture
def dead() -> Person:
    """Somebody of `a` who follows somebody of `b`; the news of it has failed for good."""
    ann, fay = make_person("ann", shard=3), make_person("fay", shard=4000)
    ann.call("PUT", f"/v1/me/following/{fay.id}")
    relay_unheard()
    with connections["a"].cursor() as cursor:
        cursor.execute("UPDATE outbox_delivery SET state = 'dead', failures = 12, error = 'KeyError: x'")
        assert cursor.rowcount == len(subscribers())
    return fay


def subscribers() -> list[str]:
    with connections["a"].cursor() as cursor:
        cursor.execute("SELECT subscriber FROM outbox_delivery ORDER BY subscriber")
        return [name for (name,) in cursor.fetchall()]


def relay_all(stack: Machines) -> None:
    """Run a relay, and wait until it leads everywhere: it says that it relays before it does."""
    stack.run_relay()
    until(lambda: all(entry["leader"] for entry in entries("status").values()))


class TestStatus:
    def test_is_well_where_relays_lead_and_nothing_waits(self, stack):
        relay_all(stack)

        status, printed = outbox("status")

        assert (status, [line.split()[:2] for line in printed.splitlines()]) == (
            0,
            [["ok", "directory"], ["ok", "a"], ["ok", "b"]],
        )
        assert all("led from" in line for line in printed.splitlines())

    def test_names_an_instance_that_no_relay_leads(self):
        with connections["a"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, 1)", [LEADER_LOCK])
            try:
                status, printed = outbox("status")
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s, 1)", [LEADER_LOCK])

        assert status == 1
        assert ["NO RELAY LEADS" in line for line in printed.splitlines()] == [True, False, True]

    def test_names_what_only_a_later_release_knows(self):
        with connections["b"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO outbox_event (id, owner_id, name, payload)"
                " VALUES (%(id)s, %(id)s, 'posts.later.v9', '{}')",
                {"id": make_id(1, 4000, 1)},
            )
        drain()

        found = {name: entry["unknown"] for name, entry in entries("status").items()}
        assert found == {"directory": [], "a": [], "b": [{"name": "posts.later.v9", "recorded": 1}]}
        assert "posts.later.v9: recorded=1, of a later release" in outbox("status")[1]

    def test_counts_what_waits_and_how_long_it_does(self):
        ann, fay = make_person("ann", shard=3), make_person("fay", shard=4000)
        ann.call("PUT", f"/v1/me/following/{fay.id}")
        before = entries("status")["a"]
        relay_unheard()
        after = entries("status")["a"]

        assert (before["recorded"], before["waiting"]) == (1, 0)
        assert (after["recorded"], after["waiting"], after["dead"]) == (0, len(subscribers()), 0)
        assert 0 <= after["oldest_seconds"] < 60

    def test_is_not_well_where_something_is_dead(self, stack, dead):
        relay_all(stack)

        found = entries("status")

        assert {name: entry["is_well"] for name, entry in found.items()} == {
            "directory": True,
            "a": False,
            "b": True,
        }
        assert found["a"]["dead"] == len(subscribers())

    def test_shows_the_others_where_one_is_away(self, stack):
        stack.kill("b")

        status, printed = outbox("status")

        assert status == 1
        assert [line.split()[1] for line in printed.splitlines()] == ["directory", "a", "b"]
        assert "cannot be reached" in printed.splitlines()[2]


class TestDead:
    def test_lists_each_with_its_error(self, dead):
        status, printed = outbox("dead")

        assert status == 0
        assert printed.count("failed 12 times\n    KeyError: x\n") == len(subscribers())
        assert [line for line in printed.splitlines() if line.endswith(": none")] == [
            "directory: none",
            "b: none",
        ]


class TestRetry:
    def test_delivers_what_was_dead(self, dead):
        drain_nothing()
        assert followers_of(dead) == 0

        assert outbox("retry", "--all")[0] == 0
        drain()

        assert followers_of(dead) == 1

    def test_leaves_alone_what_is_not_meant(self, dead):
        names = subscribers()
        status, printed = outbox("retry", "--all", "--subscriber", names[0])

        assert (status, "a: 1 made due again" in printed) == (0, True)
        assert {each["subscriber"] for each in entries("dead")["a"]["dead"]} == set(names[1:])

    def test_changes_nothing_in_a_rehearsal(self, dead):
        outbox("retry", "--all", "--dry-run")

        assert len(entries("dead")["a"]["dead"]) == len(subscribers())

    def test_asks_for_what_is_meant_and_says_if_that_is_nothing(self, dead):
        with pytest.raises(CommandError, match="or --all"):
            outbox("retry")
        with pytest.raises(CommandError, match="No dead delivery is meant"):
            outbox("retry", "5")


def drain_nothing() -> None:
    """See that dead deliveries are not sent again by themselves."""
    relay_unheard()
    assert len(entries("dead")["a"]["dead"]) == len(subscribers())


def followers_of(person: Person) -> int:
    return int(person.call("GET", f"/v1/users/{person.id}").body["state"][str(person.id)]["followers"])
