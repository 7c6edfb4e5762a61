"""The hot Redis is killed: Sentinels make a master of the other, HAProxy leads to it, nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.embedded.throwaway import Throwaway
from tests.deploy_profiles.watched import Watched
from tests.kit.client import Client
from tests.kit.machines import Machines, until

# The start of all servers counts to the first.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

SECONDS = 10.0


@pytest.fixture
def watched(stack_of_run: Throwaway) -> Iterator[Watched]:
    made = Watched(stack_of_run)
    try:
        made.start()
        yield made
    finally:
        made.end()


def test_writes_resume_at_the_other_and_nothing_acknowledged_is_lost(stack: Machines, watched: Watched):
    ann = Client(stack.run_api(BANYAN_REDIS_HOT_URL=watched.url).url).sign_up("ann")
    told: list[str] = []

    def writes_to(number: int) -> bool:
        told.append(ann.post(str(len(told))))
        assert ann.call("GET", f"/v1/posts/{told[-1]}").status == 200
        return watched.holds(number, told[-1])

    until(lambda: writes_to(0))
    assert (watched.role_of(0), watched.role_of(1)) == ("master", "slave")

    watched.kill_first()
    until(lambda: writes_to(1), within=SECONDS)
    assert watched.role_of(1) == "master"

    watched.restart_first()
    until(lambda: watched.role_of(0) == "slave", within=30)
    until(lambda: writes_to(1), within=SECONDS)
    assert sorted(ann.home_to_the_end()) == sorted(told)
