"""Limits, on a real Redis: exact, all or nothing, and there without it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from modules.kernel import hot, limits
from modules.kernel.limits import Charge, Limit, LimitReached

pytestmark = pytest.mark.django_db

# A share of 36 s: nothing comes back while a test runs.
HUNDRED = Limit("hundred", 100, 3600)
THREE = Limit("three", 3, 3600)


@pytest.fixture(autouse=True)
def _fresh(settings):
    hot.hot().close()
    hot._client.cache_clear()
    limits._local.cache_clear()
    settings.LIMITS = replace(settings.LIMITS, processes=2)
    yield
    hot._client.cache_clear()


def passes(*charges: Charge) -> bool:
    try:
        limits.take(*charges)
    except LimitReached:
        return False
    return True


class TestTake:
    def test_lets_exactly_the_quota_through_forty_threads(self):
        with ThreadPoolExecutor(40) as pool:
            passed = list(pool.map(lambda _: passes(Charge(HUNDRED, "ada")), range(1000)))

        assert sum(passed) == 100

    def test_counts_each_key_by_itself(self):
        assert [passes(Charge(THREE, "ada")) for _ in range(4)] == [True, True, True, False]
        assert passes(Charge(THREE, "grace"))

    def test_tells_what_is_left_and_when_all_is_back(self):
        first, second = (limits.take(Charge(THREE, "ada"))[0] for _ in range(2))

        assert (first.remaining, second.remaining) == (2, 1)
        assert 2390 < second.reset <= 2400

    def test_charges_none_if_one_refuses(self):
        for _ in range(3):
            limits.take(Charge(THREE, "ada"))

        assert not passes(Charge(HUNDRED, "ada"), Charge(THREE, "ada"))
        assert limits.take(Charge(HUNDRED, "ada"))[0].remaining == 99

    def test_tells_the_refused_when_one_more_will_pass(self):
        for _ in range(3):
            limits.take(Charge(THREE, "ada"))

        with pytest.raises(LimitReached) as refusal:
            limits.take(Charge(THREE, "ada"))

        assert 1190 < refusal.value.standing.retry_after <= 1200
        assert "'three' is 3 in 3600 seconds" in str(refusal.value)

    def test_lets_one_more_through_after_its_share_of_the_window(self):
        quick = Limit("quick", 2, 1)
        assert [passes(Charge(quick, "ada")) for _ in range(3)] == [True, True, False]

        hot.hot().run(("SET", "rl:quick:ada", _microseconds() + 500_000, "PX", 1000))

        assert [passes(Charge(quick, "ada")) for _ in range(2)] == [True, False]


class TestGiveBack:
    def test_returns_one(self):
        charge = Charge(THREE, "ada")
        for _ in range(3):
            limits.take(charge)

        limits.give_back(charge)

        assert [passes(charge) for _ in range(2)] == [True, False]


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _away(self, stack):
        stack.stop_redis()

    def test_each_process_lets_its_share_through(self):
        four = Limit("four", 4, 3600)

        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(lambda _: passes(Charge(four, "ada")), range(40)))

        assert sum(passed) == 2

    def test_charges_none_if_one_refuses(self):
        two = Limit("two", 2, 3600)
        limits.take(Charge(two, "ada"))

        assert not passes(Charge(HUNDRED, "ada"), Charge(two, "ada"))
        assert limits.take(Charge(HUNDRED, "ada"))[0].remaining == 49


def _microseconds() -> int:
    seconds, rest = hot.hot().run(("TIME",))[0]
    return int(seconds) * 1_000_000 + int(rest)
