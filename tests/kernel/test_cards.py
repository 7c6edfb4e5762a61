"""Finished JSON with heads: newer wins, deleted stays deleted, and without Redis all still answer."""

from typing import NamedTuple

import pytest

from modules.kernel.card_layout import Layout
from modules.kernel.cards import Beside, CardKind, RenderedCard, load, register
from modules.kernel.redis import servers
from modules.kernel.redis.client import count_trips


class Head(NamedTuple):
    """What decides who may see it."""

    author_id: int
    is_deleted: bool


class LongHead(NamedTuple):
    """One with a tail."""

    author_id: int
    media_ids: tuple[int, ...]


LAYOUT = Layout(Head, "q?", revision=1)


def never(ids, *, unavailable):
    raise AssertionError(f"rendered {ids}")


def kind(render=never, *, name="post", layout=LAYOUT) -> CardKind[Head]:
    return CardKind(name, layout, ttl=60, render=render)


POSTS = kind()


def card(id: int, *, version: int = 1, text: str = "x") -> RenderedCard[Head]:
    return RenderedCard(Head(id + 100, False), b'{"id":"%d","text":"%s"}' % (id, text.encode()), version)


class Source:
    """Renders what exists, and remembers what it was asked."""

    def __init__(self, *ids: int) -> None:
        self.ids = ids
        self.asked: list[list[int]] = []

    def __call__(self, ids, *, unavailable):
        self.asked.append(ids)
        return {id: card(id) for id in ids if id in self.ids}


class TestGetMany:
    def test_draws_what_is_missing_once(self, redis):
        source = Source(1, 2, 3)

        first = kind(source).get_many([3, 1, 2])
        second = kind(source).get_many([3, 1, 2])

        assert list(first) == list(second) == [3, 1, 2]
        assert first == second == {id: card(id) for id in (1, 2, 3)}
        assert source.asked == [[3, 1, 2]]

    def test_draws_only_what_is_missing_and_keeps_the_order(self, redis):
        POSTS.put({2: card(2)})
        source = Source(1, 3)

        found = kind(source).get_many([3, 2, 1, 3])

        assert (list(found), source.asked) == ([3, 2, 1], [[3, 1]])

    def test_leaves_out_what_does_not_exist(self, redis):
        assert kind(Source(1)).get_many([1, 9]).keys() == {1}

    def test_costs_one_trip_at_any_length(self, redis):
        POSTS.put({id: card(id) for id in range(1, 101)})

        with count_trips() as counted:
            POSTS.get_many(range(1, 101))

        assert counted.trips == 1

    def test_costs_nothing_for_nothing(self, redis):
        with count_trips() as counted:
            assert POSTS.get_many([]) == {}

        assert counted.trips == 0

    def test_draws_all_without_redis(self, no_redis):
        source = Source(1, 2)

        assert kind(source).get_many([2, 1]) == {2: card(2), 1: card(1)}
        assert kind(source).get_many([2, 1]) == {2: card(2), 1: card(1)}
        assert source.asked == [[2, 1], [2, 1]]

    def test_forgets_after_its_time(self, redis):
        POSTS.put({1: card(1)})

        [life] = servers.redis("a").run(("TTL", "post:1"))

        assert 54 <= life <= 60


class TestUnpack:
    def test_takes_the_same_bytes_apart_once(self):
        entry = LAYOUT.pack(card(1))

        first = LAYOUT.unpack([1], [entry]).found[1]

        assert first == card(1)
        assert LAYOUT.unpack([2], [bytes(bytearray(entry))]).found[2] is first

    def test_takes_no_garbled_twin_for_what_it_remembers(self):
        entry = LAYOUT.pack(card(1))
        LAYOUT.unpack([1], [entry])

        assert LAYOUT.unpack([1, 2, 3], [entry[:-1], entry[:-1] + b"x", None]) == ({}, [3], [1, 2])


class TestPut:
    @pytest.mark.parametrize(
        ("before", "after", "kept"),
        [(1, 2, "new"), (2, 1, "old"), (2, 2, "old"), (2**40, 2**32 + 1, "old"), (2**32, 2**40, "new")],
    )
    def test_keeps_the_newest_version_whoever_comes_last(self, redis, before, after, kept):
        POSTS.put({1: card(1, version=before, text="old")})
        POSTS.put({1: card(1, version=after, text="new")})

        assert POSTS.get_many([1])[1] == card(1, version=before if kept == "old" else after, text=kept)

    def test_replaces_entries_of_an_older_layout(self, redis):
        layout = Layout(Head, "q?", revision=2)
        POSTS.put({1: card(1, version=5)})

        assert kind(Source(1), layout=layout).get_many([1]) == {1: card(1)}
        assert kind(layout=layout).get_many([1]) == {1: card(1)}

    def test_takes_thousands_in_one_trip(self, redis):
        POSTS.put({1: card(1)})

        with count_trips() as counted:
            POSTS.put({id: card(id) for id in range(1, 2001)})

        assert (counted.trips, counted.commands) == (1, 8)
        assert len(POSTS.get_many(range(1, 2001))) == 2000


class TestPutTombstone:
    def test_hides_a_card_from_everybody(self, redis):
        POSTS.put({1: card(1)})

        POSTS.put_tombstone([1], version=2)

        assert POSTS.get_many([1]) == {}

    def test_outlives_a_slow_reader(self, redis):
        POSTS.put_tombstone([1], version=2)

        POSTS.put({1: card(1, version=1)})

        assert POSTS.get_many([1]) == {}

    def test_ends_with_a_newer_version(self, redis):
        POSTS.put_tombstone([1], version=2)

        POSTS.put({1: card(1, version=3)})

        assert POSTS.get_many([1]).keys() == {1}

    def test_lies_over_what_is_none_of_ours(self):
        for command in (("RPUSH", "post:1", "x"), ("SET", "post:1", b"\xff" * 8 + b"\1")):
            servers.redis("a").run(("DEL", "post:1"), command)

            POSTS.put_tombstone([1], version=2)
            POSTS.put({1: card(1, version=1)})

            assert POSTS.get_many([1]) == {}


class Kinds:
    """Posts that name their author and media, people, media; as contexts register them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[int]]] = []
        long = Layout(LongHead, "q", tail=True, revision=1)
        self.posts = register(
            CardKind("test_post", long, ttl=60, render=self.render_posts, refs=self.refs_of)
        )
        for name in ("test_user", "test_media"):
            register(kind(self.renders(name), name=name))

    def render_posts(self, ids, *, unavailable):
        self.asked.append(("test_post", ids))
        return {
            id: RenderedCard(LongHead(id + 100, tuple(range(1000, 1000 + id))), b'"%d"' % id) for id in ids
        }

    def renders(self, name):
        def render(ids, *, unavailable):
            self.asked.append((name, sorted(ids)))
            return {id: card(id) for id in ids}

        return render

    @staticmethod
    def refs_of(heads):
        heads = list(heads)
        return {
            "test_user": {head.author_id for head in heads},
            "test_media": {id for head in heads for id in head.media_ids},
        }


class TestLoad:
    @pytest.fixture
    def kinds(self, redis, monkeypatch):
        monkeypatch.setattr("modules.kernel.cards._kinds", {})
        return Kinds()

    def test_loads_what_cards_mention_after_what_was_asked(self, kinds):
        loaded = load({"test_post": [2, 0, 1]})

        assert list(loaded["test_post"]) == [2, 0, 1]
        assert [post.head.media_ids for post in loaded["test_post"].values()] == [(1000, 1001), (), (1000,)]
        assert [post.json for post in loaded["test_post"].values()] == [b'"2"', b'"0"', b'"1"']
        assert loaded["test_user"].keys() == {100, 101, 102}
        assert loaded["test_media"].keys() == {1000, 1001}

    def test_costs_two_trips_whatever_the_number_of_kinds(self, kinds):
        first = load({"test_post": [1, 2]})

        with count_trips() as counted:
            second = load({"test_post": [1, 2]})

        assert second == first
        assert counted.trips == 2
        assert len(kinds.asked) == 3

    def test_costs_one_trip_for_what_is_known_to_be_mentioned(self, kinds):
        wanted = {"test_post": [1, 2], "test_user": [101, 102], "test_media": [1000, 1001]}
        load(wanted)

        with count_trips() as counted:
            loaded = load(wanted)

        assert counted.trips == 1
        assert {name: list(cards) for name, cards in loaded.items()} == wanted

    def test_renders_each_kind_once_a_round_and_keeps_all_in_one_trip(self, kinds):
        with count_trips() as counted:
            load({"test_post": [1, 2], "test_user": [101, 7]})

        assert kinds.asked == [
            ("test_post", [1, 2]),
            ("test_user", [7, 101]),
            ("test_user", [102]),
            ("test_media", [1000, 1001]),
        ]
        # Of each round: what is there, and what is kept.
        assert counted.trips == 4

    def test_loads_the_same_without_redis(self, no_redis, monkeypatch):
        monkeypatch.setattr("modules.kernel.cards._kinds", {})
        Kinds()

        loaded = load({"test_post": [1], "test_user": []})

        assert {name: list(cards) for name, cards in loaded.items()} == {
            "test_post": [1], "test_user": [101], "test_media": [1000],
        }  # fmt: skip

    def test_takes_one_more_command_along_with_the_first_round(self, kinds):
        load({"test_post": [1]})
        beside = Beside(servers.redis("a"), ("ECHO", "hi"))

        with count_trips() as counted:
            loaded = load({"test_post": [1], "test_media": []}, beside=beside)

        assert (beside.reply, list(loaded["test_post"]), counted.trips) == (b"hi", [1], 2)

    def test_has_no_reply_for_it_without_redis(self, no_redis, monkeypatch):
        monkeypatch.setattr("modules.kernel.cards._kinds", {})
        Kinds()
        beside = Beside(servers.redis("a"), ("ECHO", "hi"))

        loaded = load({"test_post": [1]}, beside=beside)

        assert (beside.reply, list(loaded["test_post"])) == (None, [1])

    def test_knows_no_two_kinds_of_one_name(self, kinds):
        with pytest.raises(TypeError, match="test_post"):
            register(kinds.posts)

    def test_renders_what_has_no_whole_tail(self, kinds):
        first = load({"test_post": [3]})["test_post"]
        [entry] = servers.redis("a").run(("GET", "test_post:3"))

        for spoiled in (entry[:18], entry[:25]):
            servers.redis("a").run(("SET", "test_post:3", spoiled))

            assert kinds.posts.get_many([3]) == first
            assert servers.redis("a").run(("GET", "test_post:3")) == [entry]


class TestCommand:
    def test_joins_a_pipeline_of_the_callers_own(self, redis):
        POSTS.put({1: card(1)})

        _, entries = servers.redis("a").run(("PING",), POSTS.command([1, 2]))

        assert POSTS.read([1, 2], entries) == ({1: card(1)}, [2])
