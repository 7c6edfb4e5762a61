"""A post that everybody looks at is lost from Redis: few ask its shard, and all get the right answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.flights import Flights, Made
from modules.kernel.redis.servers import redis
from modules.posts.selectors.pages import get_post
from sharding.scope import current_binding, writing_for
from sharding.testing import count_queries
from tests.kit.machines import until
from tests.kit.people import make_person
from tests.kit.posts import publish
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db

THREADS, ROUNDS = 16, 5


def read_at_once(post_id: int) -> tuple[int, set[bytes]]:
    """Have many threads read a post in the same moment; return how many reads that took, and the answers."""
    start = threading.Barrier(THREADS)

    def read(_: int) -> tuple[int, bytes]:
        try:
            with count_queries() as queries:
                start.wait()
                answer = get_post(post_id, viewer=PUBLIC_VIEWER)
            return queries.total, answer.json_bytes()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        reads, answers = zip(*pool.map(read, range(THREADS)), strict=True)
    return sum(reads), set(answers)


class TestStampede:
    def test_on_a_post_that_is_lost_costs_the_reads_of_few(self):
        post_id = publish(make_person())
        right = get_post(post_id, viewer=PUBLIC_VIEWER).json_bytes()
        reads = []

        for _ in range(ROUNDS):
            redis("a").run(("FLUSHDB",))
            made, answers = read_at_once(post_id)
            assert answers == {right}
            reads.append(made)

        # Three reads for each of those who read; without sharing it is nearly all of them.
        assert sum(reads) <= 3 * ROUNDS * THREADS // 3

    def test_without_redis_is_shared_as_well(self, settings):
        post_id = publish(make_person())
        right = get_post(post_id, viewer=PUBLIC_VIEWER).json_bytes()

        with redis_away(settings):
            reads, answers = read_at_once(post_id)

        assert answers == {right}
        assert reads <= 3 * THREADS // 2


class TestATransaction:
    def test_shares_nothing_of_what_only_it_sees(self):
        author, asked, go = make_person(shard=3), [], threading.Event()

        def make(ids: list[int]) -> Made[int]:
            asked.append(current_binding() is not None)
            go.wait()
            return Made({id: id for id in ids}, {})

        flights = Flights(make, wait_s=20)

        def fetch_inside() -> None:
            with writing_for(author.id):
                flights.fetch([1])
            connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            inside = pool.submit(fetch_inside)
            until(lambda: asked == [True])
            outside = pool.submit(flights.fetch, [1])
            until(lambda: asked == [True, False])
            go.set()

        assert (inside.result(), outside.result().own_ids) == (None, [1])
