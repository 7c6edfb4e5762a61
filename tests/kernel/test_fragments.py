"""Finished JSON with heads: newer wins, deleted stays deleted, and without Redis all still answer."""

from typing import NamedTuple

import pytest

from modules.kernel.fragments import Drawn, Fragments, fetch
from modules.kernel.hot import count_trips, hot


class Head(NamedTuple):
    """What rules look at."""

    author_id: int
    is_deleted: bool


POSTS = Fragments("post", Head, layout="q?", ttl=60)
USERS = Fragments("user", Head, layout="q?", ttl=60)


def drawn(id: int, *, version: int = 1, text: str = "x") -> Drawn[Head]:
    return Drawn(Head(id + 100, False), b'{"id":"%d","text":"%s"}' % (id, text.encode()), version)


def never(ids):
    raise AssertionError(f"drew {ids}")


class Source:
    """Draws what exists, and remembers what it was asked."""

    def __init__(self, *ids: int) -> None:
        self.ids = ids
        self.asked: list[list[int]] = []

    def __call__(self, ids):
        self.asked.append(ids)
        return {id: drawn(id) for id in ids if id in self.ids}


class TestGetMany:
    def test_draws_what_is_missing_once(self, redis):
        source = Source(1, 2, 3)

        first = POSTS.get_many([3, 1, 2], missing=source)
        second = POSTS.get_many([3, 1, 2], missing=source)

        assert list(first) == list(second) == [3, 1, 2]
        assert first == second == {id: drawn(id) for id in (1, 2, 3)}
        assert source.asked == [[3, 1, 2]]

    def test_draws_only_what_is_missing_and_keeps_the_order(self, redis):
        POSTS.put({2: drawn(2)})
        source = Source(1, 3)

        found = POSTS.get_many([3, 2, 1, 3], missing=source)

        assert (list(found), source.asked) == ([3, 2, 1], [[3, 1]])

    def test_leaves_out_what_does_not_exist(self, redis):
        assert POSTS.get_many([1, 9], missing=Source(1)).keys() == {1}

    def test_costs_one_trip_at_any_length(self, redis):
        POSTS.put({id: drawn(id) for id in range(1, 101)})

        with count_trips() as counted:
            POSTS.get_many(range(1, 101), missing=never)

        assert counted.trips == 1

    def test_costs_nothing_for_nothing(self, redis):
        with count_trips() as counted:
            assert POSTS.get_many([], missing=never) == {}

        assert counted.trips == 0

    def test_draws_all_without_redis(self, no_redis):
        source = Source(1, 2)

        assert POSTS.get_many([2, 1], missing=source) == {2: drawn(2), 1: drawn(1)}
        assert POSTS.get_many([2, 1], missing=source) == {2: drawn(2), 1: drawn(1)}
        assert source.asked == [[2, 1], [2, 1]]

    def test_forgets_after_its_time(self, redis):
        POSTS.put({1: drawn(1)})

        [life] = hot().run(("TTL", "post:1"))

        assert 54 <= life <= 60


class TestPut:
    @pytest.mark.parametrize(
        ("before", "after", "kept"),
        [(1, 2, "new"), (2, 1, "old"), (2, 2, "old"), (2**40, 2**32 + 1, "old"), (2**32, 2**40, "new")],
    )
    def test_keeps_the_newest_version_whoever_comes_last(self, redis, before, after, kept):
        POSTS.put({1: drawn(1, version=before, text="old")})
        POSTS.put({1: drawn(1, version=after, text="new")})

        assert POSTS.get_many([1], missing=never)[1] == drawn(
            1, version=before if kept == "old" else after, text=kept
        )

    def test_replaces_entries_of_an_older_layout(self, redis):
        changed = Fragments("post", Head, layout="q?", ttl=60, revision=2)
        POSTS.put({1: drawn(1, version=5)})

        assert changed.get_many([1], missing=Source(1)) == {1: drawn(1)}
        assert changed.get_many([1], missing=never) == {1: drawn(1)}

    def test_takes_thousands_in_one_trip(self, redis):
        POSTS.put({1: drawn(1)})

        with count_trips() as counted:
            POSTS.put({id: drawn(id) for id in range(1, 2001)})

        assert (counted.trips, counted.commands) == (1, 8)
        assert len(POSTS.get_many(range(1, 2001), missing=never)) == 2000


class TestBury:
    def test_hides_a_card_from_everybody(self, redis):
        POSTS.put({1: drawn(1)})

        POSTS.bury([1], version=2)

        assert POSTS.get_many([1], missing=never) == {}

    def test_outlives_a_slow_reader(self, redis):
        POSTS.bury([1], version=2)

        POSTS.put({1: drawn(1, version=1)})

        assert POSTS.get_many([1], missing=never) == {}

    def test_ends_with_a_newer_version(self, redis):
        POSTS.bury([1], version=2)

        POSTS.put({1: drawn(1, version=3)})

        assert POSTS.get_many([1], missing=never).keys() == {1}

    def test_lies_over_what_is_none_of_ours(self):
        for command in (("RPUSH", "post:1", "x"), ("SET", "post:1", b"\xff" * 8 + b"\1")):
            hot().run(("DEL", "post:1"), command)

            POSTS.bury([1], version=2)
            POSTS.put({1: drawn(1, version=1)})

            assert POSTS.get_many([1], missing=never) == {}


class TestFetch:
    def test_finds_several_kinds_in_one_trip(self, redis):
        POSTS.put({1: drawn(1)})
        USERS.put({7: drawn(7)})

        with count_trips() as counted:
            (posts, no_posts), (users, no_users) = fetch((POSTS, [1, 2]), (USERS, [7]))

        assert (posts, no_posts) == ({1: drawn(1)}, [2])
        assert (users, no_users) == ({7: drawn(7)}, [])
        assert counted.trips == 1

    def test_skips_a_kind_of_which_nothing_is_asked(self, redis):
        assert fetch((POSTS, []), (USERS, [7])) == [({}, []), ({}, [7])]

    def test_finds_nothing_without_redis(self, no_redis):
        assert fetch((POSTS, [1]), (USERS, [])) == [({}, [1]), ({}, [])]


class TestCommand:
    def test_joins_a_pipeline_of_the_callers_own(self, redis):
        POSTS.put({1: drawn(1)})

        _, entries = hot().run(("PING",), POSTS.command([1, 2]))

        assert POSTS.read([1, 2], entries) == ({1: drawn(1)}, [2])
