"""PgBouncer before every database of the run, and the fixtures of journeys led through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker

from deploy.embedded.throwaway import Throwaway
from sharding.conf import Roles
from sharding.grants import grant
from tests.kit.machines import IdleApis, Machines
from tests.pooled.pgbouncer import API, RELAY, PgBouncer, install, make_roles


@pytest.fixture(scope="session")
def pooler(stack_of_run: Throwaway, django_db_blocker: DjangoDbBlocker) -> Iterator[PgBouncer]:
    """One for all tests; processes come as the roles of production."""
    install()
    for server in stack_of_run.topology.primaries.values():
        make_roles(server)
    with django_db_blocker.unblock():
        for alias in ("default", "a", "b"):
            grant(alias, Roles(api=API, relay=RELAY))
    pooler = PgBouncer(stack_of_run)
    pooler.start()
    yield pooler
    pooler.kill()


class PooledMachines(Machines):
    """Processes that reach databases through PgBouncer, the relay past it."""

    def __init__(self, throwaway: Throwaway, idle: IdleApis, pooler: PgBouncer) -> None:
        super().__init__(throwaway, idle)
        self.env |= pooler.env


@pytest.fixture(scope="session")
def make_machines(
    stack_of_run: Throwaway, idle_apis: IdleApis, pooler: PgBouncer
) -> Callable[[], PooledMachines]:
    """Lead all processes through it."""
    return lambda: PooledMachines(stack_of_run, idle_apis, pooler)
