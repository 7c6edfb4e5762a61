"""
A restore from backups taken under load: all that was acknowledged by then is there, and nothing later.

The last instance is restored to a moment before the others', as somebody might have to: the audit names every
edge whose sides differ by that, and mends it. `docs/operations.md` describes the same steps.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from deploy.embedded.layout import ROOT
from deploy.embedded.throwaway import throwaway_stack
from modules.kernel import clock
from sharding.ids import shard_of
from tests.backup.archived import Archived
from tests.backup.town import Town, sign_up
from tests.kit.boot import migrate
from tests.kit.client import Client
from tests.kit.machines import IdleApis, Machines, until

# Two lives of a stack, and every program of a restore.
pytestmark = pytest.mark.timeout(400)
Edge = tuple[int, int, int]
ENDED = "SELECT NOT pg_is_in_recovery()"


@dataclass
class Restored:
    """The system after the restore, its relay and worker running and their work done, before any audit."""

    machines: Machines
    archived: Archived
    town: Town
    moments: dict[str, datetime]

    def rows(self, sql: str, *instances: str) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for name in instances or ("a", "b"):
            with self.archived.servers[name].connect() as connection:
                found += connection.execute(sql.encode()).fetchall()  # type: ignore[arg-type]
        return found

    def edges(self) -> tuple[set[Edge], set[Edge]]:
        """Return (follower, followee, edge) by the authority and by the mirror."""
        out = self.rows("SELECT user_id, target_id, edge_id FROM graph_followout")
        into = self.rows("SELECT follower_id, user_id, edge_id FROM graph_followin WHERE is_active")
        return set(out), set(into)  # type: ignore[arg-type]

    def audit(self, *words: str) -> tuple[int, set[tuple[int, int]]]:
        """Run `shards audit`; return its exit code and the edges that it names."""
        command = [sys.executable, "manage.py", "shards", "audit", "--json", *words]
        done = subprocess.run(
            command, check=False, cwd=ROOT, env=self.machines.env, capture_output=True, text=True
        )
        assert done.returncode in {0, 1}, done.stderr
        named = set()
        for result in json.loads(done.stdout):
            for each in result["differences"]:
                pair = int(each["owner_id"]), int(each["other_id"] or 0)
                if result["audit"] == "graph.following":
                    named.add(pair)
                elif result["audit"] == "graph.followers":
                    named.add(pair[::-1])
        return done.returncode, named


@pytest.fixture(scope="module")
def restored() -> Iterator[Restored]:
    with throwaway_stack(migrate=migrate) as stack:
        archived, idle = Archived(stack), IdleApis()
        archived.begin()
        machines = Machines(stack, idle)
        town, moments = _live_and_lose(machines, archived)
        archived.restore({name: at.isoformat(sep=" ") for name, at in moments.items()})
        machines.flush_redis()
        (stack.layout.state / "shard-map.json").unlink(missing_ok=True)
        machines.run_relay()
        machines.run_worker()
        until(machines.outbox_is_empty)
        yield Restored(machines, archived, town, moments)
        machines.restore()
        idle.close()


def _live_and_lose(machines: Machines, archived: Archived) -> tuple[Town, dict[str, datetime]]:
    """Use the system while backups are taken, and after the moments of the restore; then lose all servers."""
    machines.run_relay()
    machines.run_worker()
    town = Town(sign_up(machines.run_api().url, 8))
    with town.in_use():
        town.go_on()
        archived.take_base_backups()
        town.go_on()
        earlier = clock.now()
        town.go_on()
    # What was told to the other instance by then is told no more when that is earlier.
    until(machines.outbox_is_empty, within=120)
    moment = clock.now()
    with town.in_use():
        town.go_on()
    machines.restore()
    archived.lose()
    return town, {"directory": moment, "a": moment, "b": earlier}


class TestRestore:
    def test_has_all_that_was_acknowledged_by_then_and_nothing_that_was_asked_for_later(self, restored):
        there = {post_id for (post_id,) in restored.rows("SELECT id FROM posts_post")}
        homes = {name: set(shards) for name, shards in _shards(restored).items()}
        before, after = set(), set()
        for post in restored.town.posts:
            [home] = [name for name, shards in homes.items() if shard_of(post.author_id) in shards]
            if post.answered < restored.moments[home]:
                before.add(post.post_id)
            elif post.sent > restored.moments[home]:
                after.add(post.post_id)

        assert before <= there
        assert len(before) > len(restored.town.people)
        assert after & there == set()
        assert len(after) > len(restored.town.people)

    def test_is_followed_by_an_audit_that_names_every_edge_whose_sides_differ_and_mends_it(self, restored):
        authority, mirror = restored.edges()
        differ = {pair[:2] for pair in authority ^ mirror}
        assert differ

        code, named = restored.audit()
        assert (code, named) == (1, differ)

        assert restored.audit("--repair")[0] == 0
        until(restored.machines.outbox_is_empty)
        repaired, mirrored = restored.edges()
        assert repaired == mirrored
        assert {edge[:2] for edge in repaired} == {edge[:2] for edge in authority}
        assert restored.audit() == (0, set())

    def test_serves_people_as_before(self, restored):
        url = restored.machines.run_api().url
        author, *others = [Client(url, one.token, one.id) for one in restored.town.people]
        for other in others:
            other.follow(author)

        post_id = author.post("After the flood")

        until(lambda: all(other.home()[:1] == ["After the flood"] for other in others))
        assert int(post_id) > max(post.post_id for post in restored.town.posts)

    def test_leaves_its_moment_neither_to_a_replica_made_anew_nor_to_later_backups(self, restored):
        """A replica would take writes of its own at the first commit after that moment."""
        topology, archived = restored.archived.stack.topology, restored.archived
        replica, primary = topology.replicas["a_replica1"], archived.servers["a"]
        marked = primary.ask("SELECT pg_logical_emit_message(true, 'test', 'after the restore')")

        until(lambda: replica.ask(f"{ENDED} OR pg_last_wal_replay_lsn() >= '{marked}'"))
        assert replica.ask(ENDED) is False
        for server in (replica, *archived.servers.values()):
            assert "recovery_" not in (server.data / "postgresql.auto.conf").read_text()


def _shards(restored: Restored) -> dict[str, list[int]]:
    rows = {name: restored.rows("SELECT shard FROM shard_ownership", name) for name in ("a", "b")}
    return {name: [shard for (shard,) in found] for name, found in rows.items()}
