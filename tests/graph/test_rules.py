"""The viewer's rule set in Redis: never older than the viewer's own last word."""

import pytest

from modules.graph import tasks
from modules.graph.events import Followed, Unfollowed
from modules.graph.public import ensure_rules, follow, get_following, is_following, rules_key, unfollow
from modules.graph.selectors import rules
from modules.graph.selectors.follows import list_following_ids
from modules.kernel.hot import RedisAway, count_trips, hot
from sharding.scope import Once
from sharding.testing import count_queries
from tests.graph.people import deliver_all, redis_away

pytestmark = pytest.mark.django_db


def members(person) -> set[int] | None:
    """Return what the rule set holds, or None if there is none."""
    [found] = hot().run(("SMEMBERS", rules_key(person.id)))
    return {int(member) for member in found} or None


class TestEnsureRules:
    def test_loads_whom_the_viewer_follows_and_the_sentinel(self, ada, grace, vera):
        follow(ada.id, grace.id)
        follow(ada.id, vera.id)

        assert ensure_rules(ada.id) is True

        assert members(ada) == {0, grace.id, vera.id}

    def test_loads_a_set_for_somebody_who_follows_nobody(self, ada):
        assert ensure_rules(ada.id) is True

        assert members(ada) == {0}

    def test_reads_the_primary_once(self, ada, vera):
        follow(ada.id, vera.id)

        with count_queries() as first:
            ensure_rules(ada.id)
        with count_queries() as second, count_trips() as trips:
            ensure_rules(ada.id)

        assert first.by_alias == {"a": 1}
        assert (second.total, trips.trips) == (0, 1)

    def test_holds_more_than_lua_unpacks_at_once(self, ada, monkeypatch):
        many = list(range(1, 20_000))
        monkeypatch.setattr(rules, "list_following_ids", lambda user_id: many)

        assert ensure_rules(ada.id) is True

        assert members(ada) == {0, *many}

    def test_stores_nothing_read_before_a_change(self, ada, vera, monkeypatch):
        follow(ada.id, vera.id)

        def read_and_be_overtaken(user_id):
            found = list_following_ids(user_id)
            monkeypatch.setattr(rules, "list_following_ids", list_following_ids)
            unfollow(ada.id, vera.id)
            return found

        monkeypatch.setattr(rules, "list_following_ids", read_and_be_overtaken)

        assert ensure_rules(ada.id) is True

        assert members(ada) == {0}

    def test_says_no_without_redis(self, ada, settings):
        with redis_away(settings):
            assert ensure_rules(ada.id) is False


class TestFollowAndUnfollow:
    def test_drop_the_set_in_the_same_request(self, ada, grace, vera):
        follow(ada.id, vera.id)
        ensure_rules(ada.id)

        follow(ada.id, grace.id)
        after_follow = members(ada)
        ensure_rules(ada.id)
        unfollow(ada.id, vera.id)

        assert (after_follow, members(ada)) == (None, None)
        assert get_following(ada.id) == {grace.id}

    def test_leave_the_set_alone_when_nothing_changes(self, ada, grace, vera):
        follow(ada.id, vera.id)
        ensure_rules(ada.id)

        follow(ada.id, vera.id)
        unfollow(ada.id, grace.id)

        assert members(ada) == {0, vera.id}

    def test_work_without_redis_and_the_news_heals_the_set(self, ada, grace, vera, settings):
        follow(ada.id, vera.id)
        deliver_all()
        ensure_rules(ada.id)
        with redis_away(settings):
            follow(ada.id, grace.id)
            unfollow(ada.id, vera.id)
        assert members(ada) == {0, vera.id}

        deliver_all()

        assert members(ada) is None
        assert get_following(ada.id) == {grace.id}


class TestRefreshRules:
    def test_may_be_delivered_twice(self, ada, vera, redeliver):
        follow(ada.id, vera.id)
        ensure_rules(ada.id)

        redeliver(times=2)

        assert members(ada) is None
        assert ensure_rules(ada.id) is True
        assert members(ada) == {0, vera.id}

    def test_waits_for_redis(self, ada, vera, settings):
        about = {"follower_id": ada.id, "target_id": vera.id, "edge_id": 1}

        with redis_away(settings):
            with pytest.raises(RedisAway):
                tasks.refresh_rules_after_follow(Followed(**about), Once("test", "1"))
            with pytest.raises(RedisAway):
                tasks.refresh_rules_after_unfollow(Unfollowed(**about), Once("test", "2"))


class TestGetFollowing:
    def test_asks_the_set_where_there_is_one(self, ada, vera):
        follow(ada.id, vera.id)
        ensure_rules(ada.id)

        with count_queries() as queries:
            assert get_following(ada.id) == {vera.id}

        assert queries.total == 0

    def test_asks_the_primary_without_redis(self, ada, vera, settings):
        follow(ada.id, vera.id)

        with redis_away(settings):
            assert get_following(ada.id) == {vera.id}


class TestIsFollowing:
    def test_returns_those_followed_in_one_read(self, ada, grace, vera):
        follow(ada.id, vera.id)

        with count_queries() as queries:
            assert is_following(ada.id, [grace.id, vera.id]) == {vera.id}

        assert queries.total <= 2  # one read, and the comparison with the replica that may serve it
