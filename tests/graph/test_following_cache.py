"""The following cache in Redis: never older than the viewer's own last word."""

import pytest

from modules.graph import tasks
from modules.graph.events import Followed, Unfollowed
from modules.graph.public import ensure_following, follow, following_key, is_following, unfollow, viewer_of
from modules.graph.schemas import PUBLIC_VIEWER
from modules.graph.selectors import following_cache
from modules.graph.selectors.follows import list_following_ids
from modules.kernel.redis.client import RedisUnavailable, count_trips
from modules.kernel.redis.servers import redis
from sharding.scope import Once
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.redis import redis_away

pytestmark = pytest.mark.django_db


def members(person) -> set[int] | None:
    """Return what the rule set holds, or None if there is none."""
    [found] = redis("a").run(("SMEMBERS", following_key(person.id)))
    return {int(member) for member in found} or None


def followed(person, *others) -> set[int]:
    """Return those of the others whom a person follows, as a page asks it."""
    ids = [other.id for other in others]
    viewer = viewer_of(person.id, ids)
    return {id for id in ids if viewer.follows(id)}


class TestEnsureFollowing:
    def test_loads_whom_the_viewer_follows_and_the_sentinel(self, ada, grace, vera):
        follow(ada.id, grace.id)
        follow(ada.id, vera.id)

        assert ensure_following(ada.id) is True

        assert members(ada) == {0, grace.id, vera.id}

    def test_loads_a_set_for_somebody_who_follows_nobody(self, ada):
        assert ensure_following(ada.id) is True

        assert members(ada) == {0}

    def test_reads_the_primary_once(self, ada, vera):
        follow(ada.id, vera.id)

        with count_queries() as first:
            ensure_following(ada.id)
        with count_queries() as second, count_trips() as trips:
            ensure_following(ada.id)

        assert first.by_alias == {"a": 1}
        assert (second.total, trips.trips) == (0, 1)

    def test_is_loaded_by_who_needs_the_list_with_the_same_read(self, ada, vera):
        follow(ada.id, vera.id)

        with count_queries() as queries:
            assert following_cache.load_following(ada.id) == [vera.id]

        assert (queries.by_alias, members(ada)) == ({"a": 1}, {0, vera.id})

    def test_holds_more_than_lua_unpacks_at_once(self, ada, monkeypatch):
        many = list(range(1, 20_000))
        monkeypatch.setattr(following_cache, "list_following_ids", lambda user_id: many)

        assert ensure_following(ada.id) is True

        assert members(ada) == {0, *many}

    def test_stores_nothing_read_before_a_change(self, ada, vera, monkeypatch):
        follow(ada.id, vera.id)

        def read_and_be_overtaken(user_id):
            found = list_following_ids(user_id)
            monkeypatch.setattr(following_cache, "list_following_ids", list_following_ids)
            unfollow(ada.id, vera.id)
            return found

        monkeypatch.setattr(following_cache, "list_following_ids", read_and_be_overtaken)

        assert ensure_following(ada.id) is True

        assert members(ada) == {0}

    def test_says_no_without_redis(self, ada, settings):
        with redis_away(settings):
            assert ensure_following(ada.id) is False


class TestFollowAndUnfollow:
    def test_drop_the_set_in_the_same_request(self, ada, grace, vera):
        follow(ada.id, vera.id)
        ensure_following(ada.id)

        follow(ada.id, grace.id)
        after_follow = members(ada)
        ensure_following(ada.id)
        unfollow(ada.id, vera.id)

        assert (after_follow, members(ada)) == (None, None)
        assert followed(ada, grace, vera) == {grace.id}

    def test_leave_the_set_alone_when_nothing_changes(self, ada, grace, vera):
        follow(ada.id, vera.id)
        ensure_following(ada.id)

        follow(ada.id, vera.id)
        unfollow(ada.id, grace.id)

        assert members(ada) == {0, vera.id}

    def test_work_without_redis_and_the_news_heals_the_set(self, ada, grace, vera, settings):
        follow(ada.id, vera.id)
        drain()
        ensure_following(ada.id)
        with redis_away(settings):
            follow(ada.id, grace.id)
            unfollow(ada.id, vera.id)
        assert members(ada) == {0, vera.id}

        drain()

        assert members(ada) is None
        assert followed(ada, grace, vera) == {grace.id}


class TestRefreshFollowing:
    def test_may_be_delivered_twice(self, ada, vera, redeliver):
        follow(ada.id, vera.id)
        ensure_following(ada.id)

        redeliver(times=2)

        assert members(ada) is None
        assert ensure_following(ada.id) is True
        assert members(ada) == {0, vera.id}

    def test_waits_for_redis(self, ada, vera, settings):
        about = {"follower_id": ada.id, "target_id": vera.id, "edge_id": 1}

        with redis_away(settings):
            with pytest.raises(RedisUnavailable):
                tasks.refresh_rules_after_follow(Followed(**about), Once("test", "1"))
            with pytest.raises(RedisUnavailable):
                tasks.refresh_rules_after_unfollow(Unfollowed(**about), Once("test", "2"))


class TestViewer:
    def test_asks_once_for_all_people_of_a_page(self, ada, grace, vera):
        follow(ada.id, vera.id)
        ensure_following(ada.id)

        with count_queries() as queries, count_trips() as trips:
            assert followed(ada, grace, vera) == {vera.id}

        assert (queries.total, trips.trips, trips.commands) == (0, 1, 1)

    def test_asks_nothing_before_the_first_question(self, ada, vera):
        with count_queries() as queries, count_trips() as trips:
            viewer_of(ada.id, [vera.id]).among({ada.id, vera.id})

        assert (queries.total, trips.trips) == (0, 0)

    def test_asks_the_primary_about_the_page_where_nothing_is_cached(self, ada, grace, vera):
        follow(ada.id, vera.id)

        with count_queries() as queries:
            assert followed(ada, grace, vera) == {vera.id}

        assert queries.by_alias == {"a": 1}
        assert members(ada) is None

    def test_asks_the_primary_without_redis(self, ada, grace, vera, settings):
        follow(ada.id, vera.id)

        with redis_away(settings):
            assert followed(ada, grace, vera) == {vera.id}

    def test_believes_what_was_read_with_the_page(self, ada, grace, vera):
        page = viewer_of(ada.id).among({grace.id, vera.id}, followed=frozenset({grace.id}))

        with count_queries() as queries, count_trips() as trips:
            assert (page.follows(grace.id), page.follows(vera.id)) == (True, False)
            assert page.among({grace.id}) is page

        assert (queries.total, trips.trips) == (0, 0)

    def test_tells_nothing_of_people_who_are_not_on_the_page(self, ada, grace, vera):
        with pytest.raises(LookupError):
            viewer_of(ada.id, [grace.id]).follows(vera.id)

    @pytest.mark.parametrize("nobody", [None, 0])
    def test_is_nobody_without_an_id_and_follows_nobody(self, nobody, vera):
        assert viewer_of(nobody, [vera.id]) is PUBLIC_VIEWER
        assert PUBLIC_VIEWER.among({vera.id}) is PUBLIC_VIEWER
        assert not PUBLIC_VIEWER.follows(vera.id)


class TestIsFollowing:
    def test_returns_those_followed_in_one_read(self, ada, grace, vera):
        follow(ada.id, vera.id)

        with count_queries() as queries:
            assert is_following(ada.id, [grace.id, vera.id]) == {vera.id}

        assert queries.total <= 2  # one read, and the comparison with the replica that may serve it
