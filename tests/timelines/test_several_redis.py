"""
A Redis for each instance, of which one is away: what it costs whom, and what its windows are owed.

They are databases of the stack's one server, by addresses of their own; test_hot_redis.py has servers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from modules.graph import public as graph
from modules.graph.events import FollowerAdded
from modules.graph.services.following_cache import drop_following
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import RedisSettings, RedisUnavailable, count_trips
from modules.kernel.redis.servers import redis
from modules.posts.events import PostPublished
from modules.timelines import public as timelines
from modules.timelines import tasks
from modules.timelines.events import BackfillDeferred, FanOutDeferred
from modules.timelines.models import windows
from sharding.errors import AlreadyDone
from sharding.scope import Once
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain
from tests.kit.pages import ids_of
from tests.kit.people import make_person
from tests.kit.posts import publish, publish_past
from tests.timelines.kit import flat, follow, read_ids

pytestmark = pytest.mark.django_db

OF_A, OF_B = 3, 4000
DATABASES = {"directory": 1, "a": 4, "b": 5}
POST = 2**62  # of nobody; whoever looks at windows alone does not mind


@pytest.fixture(autouse=True)
def servers(settings) -> None:
    url, _, _ = settings.REDIS["a"].url.rpartition("=")
    settings.REDIS = {name: RedisSettings(f"{url}={number}") for name, number in DATABASES.items()}


@pytest.fixture
def away(settings, servers):
    """Take the Redis of an instance away, and bring it back with all that it knew."""

    @contextmanager
    def take(*names: str) -> Iterator[None]:
        before = settings.REDIS
        nowhere = {name: RedisSettings(f"redis://127.0.0.1:1/{name == 'a':d}") for name in names}
        settings.REDIS = before | nowhere
        yield
        settings.REDIS = before

    return take


@pytest.fixture
def ada():
    return make_person("ada", shard=OF_A)


@pytest.fixture
def here(ada):
    return follower_of(ada, "here", OF_A)


@pytest.fixture
def there(ada):
    return follower_of(ada, "there", OF_B)


def follower_of(author, name, shard):
    """Return somebody with a warm, empty home who follows an author."""
    person = make_person(name, shard=shard)
    follow(person, author)
    drain()
    timelines.warm(person.id)
    return person


def has(person, post_id):
    return windows.has_post([windows.home(person.id)], post_id) == [True]


def fan_out(author, post_id=POST):
    tasks.fan_out(
        PostPublished(post_id=post_id, author_id=author.id), Once("timelines.fan_out", str(post_id))
    )


class TestFanOut:
    def test_reaches_the_others_and_is_owed_to_those_whose_redis_is_away(self, away, ada, here, there):
        with away("b"):
            fan_out(ada)
            assert has(here, POST)
            fan_out(ada, POST + 1)
            assert has(here, POST + 1)

        owed = [FanOutDeferred(post_id=POST + n, author_id=ada.id, instance="b") for n in (0, 1)]
        assert announced_events(FanOutDeferred) == owed
        assert not has(there, POST)
        drain(times=2)
        assert has(there, POST)
        assert has(there, POST + 1)

    def test_is_owed_once_however_often_it_comes(self, away, ada, there):
        with away("b"):
            fan_out(ada)
            with pytest.raises(AlreadyDone):
                fan_out(ada)

        assert len(announced_events(FanOutDeferred)) == 1

    def test_goes_on_where_its_author_lives_no_more(self, away):
        author = make_person(shard=OF_B)
        follower = follower_of(author, "follower", OF_A)
        timelines.warm(author.id)

        with away("b"):
            fan_out(author)
            assert has(follower, POST)

        drain()
        assert has(author, POST)

    def test_waits_where_all_are_away(self, away, ada, here, there):
        with away("a", "b"), pytest.raises(RedisUnavailable):
            fan_out(ada)

        assert announced_events(FanOutDeferred) == []

    def test_pushes_in_one_trip(self, ada, here, there):
        with count_trips() as trips:
            windows.push([windows.home(here.id), windows.home(there.id)], windows.Entry(POST, ada.id))

        assert (trips.trips, trips.commands) == (1, 2)


class TestBackfill:
    def test_is_owed_to_a_home_whose_redis_is_away(self, away, ada, there):
        grace = make_person("grace", shard=OF_A)
        made = publish_past(grace, 1, 2)
        follow(there, grace)
        once = Once("timelines.backfill", "1")

        with away("b"):
            tasks.backfill(FollowerAdded(user_id=grace.id, follower_id=there.id, edge_id=1), once)

        assert announced_events(BackfillDeferred) == [
            BackfillDeferred(author_id=grace.id, follower_id=there.id)
        ]
        drain()
        assert windows.has_post([windows.home(there.id)] * 2, made[0]) == [True, True]


class TestHome:
    def test_renders_what_lies_on_the_redis_that_is_away_and_no_more(self, away, here, ada):
        vera = make_person("vera", shard=OF_B)
        follow(here, vera)
        drain()
        made = [publish(author) for author in (ada, vera, ada, vera)]
        drain()
        read = partial(timelines.get_home, graph.viewer_of(here.id), Paging.first(10))
        before = read()
        with count_queries() as queries, count_trips() as trips:
            assert read() == before
        assert (queries.total, trips.trips) == (0, 2)

        with away("b"), count_queries() as queries:
            page = read()

        assert page == before
        assert [card.id for card in page.parse().data] == made[::-1]
        assert queries.by_alias.keys() == {"b"}

    def test_reads_pulled_authors_whose_redis_is_away_from_their_shard(self, away, here, ada, monkeypatch):
        stars = [make_person(shard=shard) for shard in (OF_A, OF_B)]
        follow(here, *stars)
        made = [id for star in stars for id in publish_past(star, *range(1, 11))]
        made += [publish(ada) for _ in range(3)]
        pulled = frozenset(star.id for star in stars)
        monkeypatch.setattr("modules.timelines.selectors.candidates.graph.pulled_author_ids", lambda: pulled)
        drain()
        ordered = sorted(made, reverse=True)
        assert flat(read_ids(here, limit=4)) == ordered

        with away("b"), count_queries() as queries:
            assert flat(read_ids(here, limit=4)) == ordered
            above = timelines.get_home(graph.viewer_of(here.id), Paging(4, (ordered[11],), newer=True))

        assert ids_of(above) == ordered[7:11]
        assert queries.by_alias.keys() == {"b"}


class TestRules:
    def test_are_dropped_for_all_whose_redis_answers(self, away, here, there):
        for person in (here, there):
            assert graph.ensure_following(person.id)

        with away("b"), pytest.raises(RedisUnavailable):
            drop_following(there.id, here.id)

        keys = {"a": graph.following_key(here.id), "b": graph.following_key(there.id)}
        assert {name: redis(name).run(("EXISTS", key)) for name, key in keys.items()} == {"a": [0], "b": [1]}
