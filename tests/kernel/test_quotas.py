"""Small quotas, on a real Redis: never more in any window, all or nothing, and there without it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from modules.kernel import quotas
from modules.kernel.limits import Cost, Limit, LimitReached
from modules.kernel.redis import servers

pytestmark = pytest.mark.django_db

TEN = Limit("ten", 10, 3600)
THREE = Limit("three", 3, 3600)
DAY = Limit("day", 4, 86_400)


@pytest.fixture(autouse=True)
def _fresh(settings):
    servers.redis("directory").close()
    servers.forget_clients()
    quotas._local.cache_clear()
    settings.LIMITS = replace(settings.LIMITS, processes=2)
    yield
    servers.forget_clients()


def passes(*costs: Cost) -> bool:
    try:
        quotas.acquire(*costs)
    except LimitReached:
        return False
    return True


def age(limit: Limit, key: str, seconds: int) -> None:
    """Make every use of a quota so much older."""
    name = f"rq:{limit.name}:{key}"
    [uses] = servers.redis("directory").run(("LRANGE", name, 0, -1))
    for place, use in enumerate(uses):
        servers.redis("directory").run(("LSET", name, place, int(use) - seconds * 1_000_000))


class TestAcquire:
    def test_lets_exactly_the_quota_through_forty_threads(self):
        with ThreadPoolExecutor(40) as pool:
            passed = list(pool.map(lambda _: passes(Cost(TEN, "ada")), range(400)))

        assert sum(passed) == 10

    def test_counts_each_key_by_itself(self):
        assert [passes(Cost(THREE, "ada")) for _ in range(4)] == [True, True, True, False]
        assert passes(Cost(THREE, "grace"))

    def test_lets_nothing_through_until_the_window_of_the_first_is_over(self):
        cost = Cost(THREE, "ada")
        assert [passes(cost) for _ in range(3)] == [True] * 3

        age(THREE, "ada", 3590)
        assert not passes(cost)
        age(THREE, "ada", 10)
        assert [passes(cost) for _ in range(4)] == [True, True, True, False]

    def test_charges_none_if_one_refuses(self):
        day, hour = Cost(DAY, "ada"), Cost(THREE, "ada")
        assert [passes(day, hour) for _ in range(5)] == [True, True, True, False, False]

        age(THREE, "ada", 3600)

        assert [passes(day, hour) for _ in range(2)] == [True, False]

    def test_tells_the_refused_when_one_more_will_pass(self):
        quotas.acquire(Cost(THREE, "ada"))
        age(THREE, "ada", 600)
        for _ in range(2):
            quotas.acquire(Cost(THREE, "ada"))

        with pytest.raises(LimitReached) as refusal:
            quotas.acquire(Cost(THREE, "ada"))

        assert 2990 < refusal.value.state.retry_after <= 3000
        assert "'three' is 3 in 3600 seconds" in str(refusal.value)

    def test_gives_back_what_was_no_use(self):
        cost = Cost(THREE, "ada")
        refunds = [quotas.acquire(cost) for _ in range(3)]

        refunds[0]()

        assert [passes(cost) for _ in range(2)] == [True, False]


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _away(self, stack):
        stack.stop_redis()

    def test_each_process_lets_its_share_through(self):
        with ThreadPoolExecutor(8) as pool:
            passed = list(pool.map(lambda _: passes(Cost(TEN, "ada")), range(40)))

        assert sum(passed) == 5

    def test_charges_none_if_one_refuses_and_gives_back(self):
        four = Cost(Limit("four", 4, 3600), "ada")
        refund = quotas.acquire(Cost(THREE, "ada"))

        assert not passes(four, Cost(THREE, "ada"))
        refund()
        assert [passes(four, Cost(THREE, "ada")) for _ in range(2)] == [True, False]
        assert [passes(four) for _ in range(2)] == [True, False]


class TestUsesThatAreNoneOfOurs:
    @pytest.mark.parametrize("uses", [b"garbage", b"inf", b"9e99"])
    def test_neither_refuse_for_ever_nor_let_anybody_through(self, uses):
        name, passed = "rq:ten:ada", 0

        for _ in range(8):
            servers.redis("directory").run(("DEL", name), ("RPUSH", name, *[uses] * 10))
            passed += passes(Cost(TEN, "ada"))

        # This process's share of the ten; then Redis counts anew.
        assert (passed, servers.redis("directory").run(("EXISTS", name))) == (5, [0])
        assert passes(Cost(TEN, "ada"))
