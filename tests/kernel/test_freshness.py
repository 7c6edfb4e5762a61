"""Whoever wrote reads their own writes at the next request, wherever it lands."""

import pytest

from modules.kernel.http.freshness import sign, verify
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from sharding import freshness
from sharding.ids import SHARDS, make_id
from sharding.shard_map import alias_of

MARKS = "a:1:3F2A08"


def person_of(alias: str) -> int:
    """An id whose shard lives on this instance."""
    shard = next(shard for shard in range(SHARDS) if alias_of(shard) == alias)
    return make_id(1_000, shard, 1)


@pytest.fixture
def ada(db) -> str:
    freshness.forget_replicas()
    return str(person_of("a"))


class TestSign:
    def test_is_read_by_its_own_caller_only(self):
        header = sign(MARKS, 7)

        assert verify(header, 7) == MARKS
        assert verify(header, 8) is None
        assert verify(header, None) is None

    @pytest.mark.parametrize("header", ["", "x", "é", "AAAA", "a" * 3000, "!!!!"])
    def test_makes_what_else_is_sent_useless(self, header):
        assert verify(header, 7) is None

    def test_cannot_be_altered(self):
        header = sign(MARKS, 7)

        for at in range(len(header)):
            other = "A" if header[at] != "A" else "B"
            assert verify(header[:at] + other + header[at + 1 :], 7) != MARKS[:-1] + "9"
            assert verify(header[:at] + other + header[at + 1 :], 7) in (None, MARKS)


class TestFreshness:
    def test_is_handed_out_and_kept_after_a_write(self, api, ada):
        answer = api.post("/v1/writes", user=ada)

        assert answer.status_code == 204
        marks = verify(answer.headers["Banyan-Freshness"], int(ada))
        assert marks is not None
        assert list(freshness.decode(marks)) == ["a"]
        kept, life = redis("a").run(("GET", f"ryw:{ada}"), ("TTL", f"ryw:{ada}"))
        assert (kept.decode(), life) == (marks, 30)

    def test_is_not_handed_out_after_a_read(self, api, ada):
        assert "Banyan-Freshness" not in api.get("/v1/whoami", x_test_user=ada).headers

    def test_is_not_needed_where_there_is_no_replica(self, api, db):
        answer = api.post("/v1/writes", user=person_of("b"))

        assert (answer.status_code, "Banyan-Freshness" in answer.headers) == (204, False)

    def test_is_fetched_only_when_a_replica_may_be_read(self, api, ada):
        with count_trips() as idle:
            api.get("/v1/whoami", x_test_user=ada)
        with count_trips() as reading:
            api.get("/v1/writes?name=a", x_test_user=ada)

        assert (idle.trips, reading.trips) == (0, 1)

    def test_lets_a_caught_up_replica_be_read(self, api, ada):
        api.post("/v1/writes", user=ada)

        assert api.get("/v1/writes?name=a", x_test_user=ada).json()["key"] in ("a", "a_replica1")

    def test_sends_who_is_ahead_of_every_replica_to_the_primary(self, api, ada):
        future = freshness.encode({"a": freshness.LsnMark(1, 2**62)})

        answer = api.get("/v1/writes?name=a", x_test_user=ada, banyan_freshness=sign(future, int(ada)))

        assert answer.json()["key"] == "a"

    def test_of_another_caller_counts_for_nothing(self, api, ada):
        future = freshness.encode({"a": freshness.LsnMark(1, 2**62)})

        answer = api.get("/v1/writes?name=a", x_test_user=ada, banyan_freshness=sign(future, 8))

        assert answer.json()["key"] == "a_replica1"

    def test_survives_a_dead_redis(self, api, ada, no_redis):
        answer = api.post("/v1/writes", user=ada)

        assert (answer.status_code, "Banyan-Freshness" in answer.headers) == (204, True)
