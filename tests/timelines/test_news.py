"""What timelines hears: each delivery may come twice, late, or in another order."""

from dataclasses import replace

import pytest

from modules.graph import public as graph
from modules.graph import tasks as graph_tasks
from modules.graph.events import FollowAccepted, FollowConfirmed, FollowerAdded, Unfollowed
from modules.graph.services.consent import accept_request
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import RedisUnavailable, count_trips
from modules.kernel.redis.servers import redis
from modules.posts.events import PostPublished
from modules.timelines import public as timelines
from modules.timelines import tasks
from modules.timelines.models import windows
from sharding.scope import Once
from tests.kit.delivery import announced_events, drain
from tests.kit.http import call
from tests.kit.pages import ids_of
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db

ONCE = Once("timelines.test", "1")


@pytest.fixture
def ada():
    return make_person("ada")


@pytest.fixture
def reader(ada):
    """Somebody who follows ada and has a warm, empty home."""
    reader = make_person("vera")
    graph.follow(reader.id, ada.id)
    drain()
    timelines.warm(reader.id)
    return reader


class TestConsent:
    """A private author's posts come to whom they accepted, whichever heard of it first."""

    def test_fills_a_window_that_was_made_before_the_follower_heard(self, ada):
        reader = make_person()
        graph.set_private(ada.id, True)
        old = publish(ada)
        graph.follow(reader.id, ada.id)
        drain()
        accept_request(ada.id, reader.id, now=NOON)
        [added], [accepted] = announced_events(FollowerAdded), announced_events(FollowAccepted)

        tasks.backfill(added, ONCE)
        timelines.warm(reader.id)
        assert window_of(reader) == []
        graph_tasks.confirm_accepted(accepted, ONCE)
        [confirmed] = announced_events(FollowConfirmed)
        tasks.backfill_after_consent(confirmed, ONCE)

        assert window_of(reader) == [old]
        new = publish(ada)
        drain(times=2)
        assert window_of(reader) == [new, old]
        assert ids_of(timelines.get_home(graph.viewer_of(reader.id), Paging.first())) == [new, old]


def window_of(person):
    (entries,) = redis("a").run(("LRANGE", windows.home(person.id), 0, -1))
    return [int.from_bytes(entry[:8], "big") for entry in entries[:-1]]


class TestItsAuthor:
    """Whoever posts reads it in their own home at once, before any news is delivered."""

    def test_reads_it_next(self, ada):
        drain()
        timelines.warm(ada.id)

        first, second = publish(ada), publish(ada)

        page = timelines.get_home(graph.viewer_of(ada.id), Paging.first(5)).parse()
        assert [card.id for card in page.data] == [second, first]
        drain()
        assert window_of(ada) == [second, first]

    def test_pays_one_trip_for_it(self, ada):
        publish(ada)

        with count_trips() as trips:
            publish(ada)

        assert (trips.trips, trips.commands) == (1, 1)

    def test_pays_none_of_its_own_where_the_request_tells_redis_of_its_write_anyway(self):
        vera = sign_up("vera")
        timelines.warm(vera.id)
        call("POST", "/v1/posts", {"text": "first"}, as_=vera)

        with count_trips() as trips:
            made = call("POST", "/v1/posts", {"text": "second"}, as_=vera)

        assert (made.status, trips.trips) == (201, 1)
        assert call("GET", "/v1/timelines/home", as_=vera).texts == ["second", "first"]

    def test_has_no_window_made_for_it(self, ada):
        publish(ada)

        assert redis("a").run(("EXISTS", windows.home(ada.id))) == [0]

    def test_waits_for_the_news_where_redis_is_away(self, ada, settings):
        timelines.warm(ada.id)

        with redis_away(settings):
            post_id = publish(ada)

        assert window_of(ada) == []
        drain()
        assert window_of(ada) == [post_id]


class TestFanOut:
    def test_puts_a_post_once_however_often_it_comes(self, reader, ada):
        timelines.warm(ada.id)
        post_id = publish(ada)
        event = PostPublished(post_id=post_id, author_id=ada.id)

        for _ in range(2):
            tasks.fan_out(event, ONCE)
        drain()

        assert window_of(reader) == [post_id]
        assert window_of(ada) == [post_id]

    def test_puts_a_late_post_in_its_place(self, reader, ada):
        first, second = publish(ada), publish(ada)

        for post_id in (second, first):
            tasks.fan_out(PostPublished(post_id=post_id, author_id=ada.id), ONCE)

        assert window_of(reader) == [second, first]

    def test_makes_nobody_a_window(self, ada):
        follower = make_person()
        graph.follow(follower.id, ada.id)
        drain()

        publish(ada)
        drain()

        assert redis("a").run(("EXISTS", windows.home(follower.id))) == [0]

    def test_reaches_every_follower_of_many(self, ada):
        followers = [make_person() for _ in range(30)]
        graph.add_edges_in_bulk([(follower.id, ada.id) for follower in followers])
        for follower in followers:
            timelines.warm(follower.id)

        post_id = publish(ada)
        drain()

        ids = {follower.id for follower in followers}
        assert timelines.window_contains(ids, post_id) == ids

    def test_is_not_done_while_redis_is_away(self, stack, reader, ada):
        stack.stop_redis()

        with pytest.raises(RedisUnavailable):
            tasks.fan_out(PostPublished(post_id=2**62, author_id=ada.id), ONCE)


class TestBackfill:
    def test_brings_the_posts_from_before_the_follow_once(self, reader):
        grace = make_person("grace")
        made = publish_past(grace, 1, 2, 3)
        graph.follow(reader.id, grace.id)
        event = FollowerAdded(user_id=grace.id, follower_id=reader.id, edge_id=1)

        for _ in range(2):
            tasks.backfill(event, ONCE)

        assert window_of(reader) == made[::-1]

    def test_comes_with_the_news_of_a_follow(self, reader):
        grace = make_person("grace")
        made = publish_past(grace, 1, 2)

        graph.follow(reader.id, grace.id)
        drain()

        assert window_of(reader) == made[::-1]

    def test_stays_above_the_floor(self, settings, ada):
        settings.TIMELINES = replace(settings.TIMELINES, pull_size=2)
        reader, grace = make_person(), make_person()
        graph.follow(reader.id, ada.id)
        drain()
        ours = publish_past(ada, 10, 20, 30)
        timelines.warm(reader.id)
        theirs = publish_past(grace, 5, 15, 25, 26, 35)

        graph.follow(reader.id, grace.id)
        drain()

        assert window_of(reader) == sorted(ours[1:] + theirs[2:], reverse=True)

    def test_makes_nobody_a_window(self, ada):
        tasks.backfill(FollowerAdded(user_id=ada.id, follower_id=2**62, edge_id=1), ONCE)

        assert redis("a").run(("EXISTS", windows.home(2**62))) == [0]


class TestScrub:
    def test_takes_out_an_author_who_is_not_followed_any_more(self, reader, ada):
        publish(ada)
        drain()
        graph.unfollow(reader.id, ada.id)
        event = Unfollowed(follower_id=reader.id, target_id=ada.id, edge_id=1)

        for _ in range(2):
            tasks.scrub(event, ONCE)

        assert window_of(reader) == []

    def test_is_old_news_when_the_author_is_followed_again(self, reader, ada):
        post_id = publish(ada)
        drain()
        graph.unfollow(reader.id, ada.id)
        graph.follow(reader.id, ada.id)
        drain()

        tasks.scrub(Unfollowed(follower_id=reader.id, target_id=ada.id, edge_id=1), ONCE)

        assert window_of(reader) == [post_id]

    def test_comes_with_the_news_of_an_unfollow(self, reader, ada):
        publish(ada)
        drain()

        graph.unfollow(reader.id, ada.id)
        drain()

        assert window_of(reader) == []
