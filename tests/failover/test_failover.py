"""A primary is killed under writers, its standby promoted: they go on, and lose nothing they were told."""

from __future__ import annotations

import time

import pytest

from sharding.ids import shard_of
from sharding.shard_map import alias_of
from tests.failover.pair import Pair, url_of
from tests.kit.client import Client
from tests.kit.machines import Machines, until
from tests.kit.writers import Writers

# The start of all servers counts to the first.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

SECONDS = 10.0
LEADERS = """
    SELECT array_agg(s.application_name)::text FROM pg_locks l JOIN pg_stat_activity s USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objid = 1 AND l.objsubid = 2"""
WAITING = "SELECT (SELECT count(*) FROM outbox_event) + (SELECT count(*) FROM outbox_delivery)"


def people_on(instance: str, url: str, count: int) -> list[Client]:
    """Return people whose shards are on an instance."""
    found = []
    for number in range(20 * count):
        person = Client(url).sign_up(f"{instance}_{number}")
        if alias_of(shard_of(int(person.id))) == instance:
            found.append(person)
        if len(found) == count:
            return found
    raise AssertionError(f"too few were placed on {instance}")


def test_a_promoted_standby_is_written_to_and_nothing_acknowledged_is_lost(led: Machines, pair: Pair):
    api = led.run_api()
    led.run_relay()
    led.run_worker()
    authors, reader = people_on("a", api.url, 4), people_on("b", api.url, 1)[0]
    for author in authors:
        reader.follow(author)
    until(lambda: all(author.counts() == {"followers": 1, "following": 0} for author in authors))
    writers = Writers(authors)
    until(lambda: writers.count() >= 40)

    pair.part()
    told = writers.count()
    # Who is not waited for misses these.
    until(lambda: writers.failures or writers.count() >= told + 20)
    pair.processes[0].kill()
    pair.promote(1)
    promoted_at = time.monotonic()

    until(lambda: writers.all_were_told_since(promoted_at) and writers.count() >= told + 40)
    until(lambda: pair.ask(1, LEADERS) == '{"banyan relay"}')
    led_at = time.monotonic()
    writers.end()
    assert max(writers.first_after(promoted_at), led_at - promoted_at) < SECONDS
    assert _posts(pair) >= writers.ids()
    until(lambda: pair.ask(1, WAITING) == 0)
    assert sorted(reader.home_to_the_end()) == sorted(_posts(pair))


def test_a_demoted_primary_behind_its_name_is_given_up(led: Machines, pair: Pair, tmp_path):
    name = pair.servers[0].sockets.with_name("name")
    name.symlink_to(pair.servers[0].sockets)
    api = led.run_api(
        BANYAN_INSTANCES=f"a={url_of(str(name))},b={led.env['BANYAN_INSTANCES'].partition(',b=')[2]}"
    )
    [author] = people_on("a", api.url, 1)

    pair.demote(0)
    pair.promote(1)
    refused = [author.call("POST", "/v1/posts", {"text": "late"}).status for _ in range(4)]
    name.unlink()
    name.symlink_to(pair.servers[1].sockets)

    until(lambda: author.call("POST", "/v1/posts", {"text": "again"}).status == 201, within=SECONDS)
    assert refused == [503] * 4


def _posts(pair: Pair) -> set[str]:
    """Return which posts the promoted server has."""
    with pair.servers[1].connect() as connection:
        return {str(post) for (post,) in connection.execute("SELECT id FROM posts_post")}
