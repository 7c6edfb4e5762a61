"""Limits, on a real Redis: exact, all or nothing, and there without it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from modules.kernel import limits
from modules.kernel.limits import Cost, Limit, LimitReached
from modules.kernel.redis import servers

pytestmark = pytest.mark.django_db

# A share of 36 s: nothing comes back while a test runs.
HUNDRED = Limit("hundred", 100, 3600)
THREE = Limit("three", 3, 3600)


@pytest.fixture(autouse=True)
def _fresh(settings):
    servers.redis("directory").close()
    servers.forget_clients()
    limits._local.cache_clear()
    settings.LIMITS = replace(settings.LIMITS, processes=2)
    yield
    servers.forget_clients()


def passes(*costs: Cost) -> bool:
    try:
        limits.acquire(*costs)
    except LimitReached:
        return False
    return True


class TestTake:
    def test_lets_exactly_the_quota_through_forty_threads(self):
        with ThreadPoolExecutor(40) as pool:
            passed = list(pool.map(lambda _: passes(Cost(HUNDRED, "ada")), range(1000)))

        assert sum(passed) == 100

    def test_counts_each_key_by_itself(self):
        assert [passes(Cost(THREE, "ada")) for _ in range(4)] == [True, True, True, False]
        assert passes(Cost(THREE, "grace"))

    def test_tells_what_is_left_and_when_all_is_back(self):
        first, second = (limits.acquire(Cost(THREE, "ada"))[0] for _ in range(2))

        assert (first.remaining, second.remaining) == (2, 1)
        assert 2390 < second.reset <= 2400

    def test_charges_none_if_one_refuses(self):
        for _ in range(3):
            limits.acquire(Cost(THREE, "ada"))

        assert not passes(Cost(HUNDRED, "ada"), Cost(THREE, "ada"))
        assert limits.acquire(Cost(HUNDRED, "ada"))[0].remaining == 99

    def test_tells_the_refused_when_one_more_will_pass(self):
        for _ in range(3):
            limits.acquire(Cost(THREE, "ada"))

        with pytest.raises(LimitReached) as refusal:
            limits.acquire(Cost(THREE, "ada"))

        assert 1190 < refusal.value.state.retry_after <= 1200
        assert "'three' is 3 in 3600 seconds" in str(refusal.value)

    def test_lets_one_more_through_after_its_share_of_the_window(self):
        quick = Limit("quick", 2, 1)
        assert [passes(Cost(quick, "ada")) for _ in range(3)] == [True, True, False]

        servers.redis("directory").run(("SET", "rl:quick:ada", _microseconds() + 500_000, "PX", 1000))

        assert [passes(Cost(quick, "ada")) for _ in range(2)] == [True, False]


class TestGiveBack:
    def test_returns_one(self):
        cost = Cost(THREE, "ada")
        for _ in range(3):
            limits.acquire(cost)

        limits.refund(cost)

        assert [passes(cost) for _ in range(2)] == [True, False]


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _away(self, stack):
        stack.stop_redis()

    def test_each_process_lets_its_share_through(self):
        four = Limit("four", 4, 3600)

        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(lambda _: passes(Cost(four, "ada")), range(40)))

        assert sum(passed) == 2

    def test_charges_none_if_one_refuses(self):
        two = Limit("two", 2, 3600)
        limits.acquire(Cost(two, "ada"))

        assert not passes(Cost(HUNDRED, "ada"), Cost(two, "ada"))
        assert limits.acquire(Cost(HUNDRED, "ada"))[0].remaining == 49


def _microseconds() -> int:
    seconds, rest = servers.redis("directory").run(("TIME",))[0]
    return int(seconds) * 1_000_000 + int(rest)
