"""A primary is killed with its Patroni: the other is promoted, and writers lose nothing they were told."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from deploy.embedded.throwaway import Throwaway
from sharding.ids import shard_of
from sharding.shard_map import alias_of
from tests.deploy_profiles.members import Members
from tests.kit.client import Client
from tests.kit.machines import Machines, until
from tests.kit.writers import Writers

# The start of all servers counts to the first.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(400)]

# From the promotion on: Patroni itself misses a primary for no less than 20 s before it promotes another.
SECONDS = 10.0
PROMOTED_WITHIN = 60.0


@pytest.fixture
def members(stack_of_run: Throwaway) -> Iterator[Members]:
    made = Members(stack_of_run)
    try:
        made.start()
        yield made
    finally:
        made.end()


def _people_on_a(url: str, count: int) -> list[Client]:
    people = (Client(url).sign_up(f"ann_{number}") for number in range(20 * count))
    on_a = (person for person in people if alias_of(shard_of(int(person.id))) == "a")
    return [person for person, _ in zip(on_a, range(count), strict=False)]


def test_the_other_is_promoted_and_nothing_acknowledged_is_lost(stack: Machines, members: Members):
    b = stack.env["BANYAN_INSTANCES"].partition(",b=")[2]
    stack.env |= {"BANYAN_INSTANCES": f"a={members.url},b={b}", "BANYAN_REPLICAS": ""}
    writers = Writers(_people_on_a(stack.run_api().url, 4))
    until(lambda: writers.count() >= 40)

    members.kill_first()
    until(lambda: members.role_of(1) == "primary", within=PROMOTED_WITHIN)
    promoted_at = time.monotonic()

    until(lambda: writers.all_were_told_since(promoted_at))
    writers.end()
    assert writers.first_after(promoted_at) < SECONDS
    assert members.posts(1) >= writers.ids()
