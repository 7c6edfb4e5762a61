"""What pages state of posts: counts for everybody, and the viewer's own marks for them alone."""

import pytest

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts import tasks
from modules.posts.events import ReactionAdded
from modules.posts.models import MarkCount
from modules.posts.schemas import Marks
from modules.posts.selectors import marks
from modules.posts.selectors.pages import list_posts, list_user_posts
from modules.posts.services.marks import cache_marks
from modules.posts.services.reactions import add_reaction, remove_reaction
from sharding.scope import Once
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import make_person, sign_up
from tests.kit.posts import publish, publish_past
from tests.kit.redis import redis_away
from tests.posts.kit import mine

pytestmark = pytest.mark.django_db

NONE = {"replies": 0, "reposts": 0, "quotes": 0, "reactions": {}}
LIKED = {"reactions": ["like"], "is_bookmarked": False}
UNMARKED = {"reactions": [], "is_bookmarked": False}


class TestState:
    def test_has_counts_for_everybody_and_marks_for_the_viewer_alone(self):
        reader, author = sign_up("vera"), sign_up("ada")
        liked, other = publish(author), publish(author)
        add_reaction(reader.id, liked, "like")
        drain()

        for path in (f"/v1/posts?ids={liked},{other}", f"/v1/users/{author.id}/posts"):
            own, theirs, nobodys = (
                call("GET", path, as_=who).body["state"] for who in (reader, author, None)
            )
            counts = {**NONE, "reactions": {"like": 1}}
            assert own == {
                str(liked): {"counts": counts, "mine": LIKED},
                str(other): {"counts": NONE, "mine": UNMARKED},
            }
            assert theirs[str(liked)] == {"counts": counts, "mine": UNMARKED}
            assert nobodys[str(liked)] == {"counts": counts, "mine": None}
        home = call("GET", "/v1/timelines/home", as_=author).body["state"]
        assert home[str(liked)] == {"counts": {**NONE, "reactions": {"like": 1}}, "mine": UNMARKED}

    def test_shows_ones_own_reaction_at_once_and_counts_it_after_the_relay(self):
        reader, path = sign_up("vera"), f"/v1/posts?ids={publish(make_person())}"
        [id] = call("GET", path, as_=reader).body["state"]

        seen = []
        for method in ("PUT", "DELETE"):
            call(method, f"/v1/posts/{id}/reactions/like", as_=reader)
            before = call("GET", path, as_=reader).body["state"][id]
            drain()
            after = call("GET", path, as_=reader).body["state"][id]
            seen.append(
                (before["mine"]["reactions"], before["counts"]["reactions"], after["counts"]["reactions"])
            )

        assert seen == [(["like"], {}, {"like": 1}), ([], {"like": 1}, {})]

    def test_of_one_post_changes_its_etag_with_the_counts_and_is_the_same_for_all(self):
        reader, other = sign_up("vera"), sign_up("ada")
        post_id = publish(make_person())
        path = f"/v1/posts/{post_id}"
        before = call("GET", path, as_=reader)
        add_reaction(reader.id, post_id, "like")
        drain()

        own, theirs = (
            call("GET", path, as_=who, If_None_Match=before.headers["ETag"]) for who in (reader, other)
        )

        assert (own.status, own.body["state"]) == (
            200, {str(post_id): {"counts": {**NONE, "reactions": {"like": 1}}}}
        )  # fmt: skip
        assert own.body == theirs.body
        assert own.headers["ETag"] == theirs.headers["ETag"] != before.headers["ETag"]
        assert call("GET", path, If_None_Match=own.headers["ETag"]).status == 304

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_a_warm_page_no_query_and_no_trip(self, many):
        reader, authors = make_person(), [make_person() for _ in range(6)]
        ids = [publish(authors[n % 6]) for n in range(many)]
        add_reaction(reader.id, ids[0], "like")
        drain()
        list_posts(ids, viewer=viewer_of(reader.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_posts(ids, viewer=viewer_of(reader.id))

        state = page.parse().state
        assert (state[ids[0]].mine, len(state)) == (Marks(reactions=["like"], is_bookmarked=False), many)
        # Posts with all that is stated of them, and their authors.
        assert (queries.total, trips.trips) == (0, 2)

    def test_is_the_same_without_redis(self, settings):
        reader, author = make_person(), make_person()
        liked, other = publish(author), publish(author)
        add_reaction(reader.id, liked, "like")
        drain()
        until_replicated()
        cached = list_posts([liked, other], viewer=viewer_of(reader.id)).json_bytes()

        with redis_away(settings):
            assert list_posts([liked, other], viewer=viewer_of(reader.id)).json_bytes() == cached


class TestCounts:
    def test_are_renewed_by_a_repeat_if_redis_was_away(self, settings):
        post_id = publish(make_person())
        before = list_posts([post_id], viewer=viewer_of(None)).parse().state[post_id].counts
        event = ReactionAdded(user_id=7, post_id=post_id, type="like", edge_id=1 << 30, version=1)
        once = Once("posts.mirror_reaction", "1")
        with redis_away(settings), pytest.raises(Exception, match="refused"):
            tasks.mirror_reaction(event, once)

        tasks.mirror_reaction(event, Once("posts.mirror_reaction", "1"))

        after = list_posts([post_id], viewer=viewer_of(None)).parse().state[post_id].counts
        assert (before.reactions, after.reactions) == ({}, {"like": 1})


class TestMarks:
    @pytest.fixture
    def reader(self):
        return make_person()

    def test_below_the_floor_are_asked_of_the_shard_in_one_query(self, reader, monkeypatch):
        monkeypatch.setattr(marks, "KEPT", 2)
        ids = publish_past(make_person(), *range(1, 7))
        for post_id in ids[:5]:
            add_reaction(reader.id, post_id, "like")
        until_replicated()
        first = mine(reader, *ids)

        with count_queries() as queries:
            assert mine(reader, *ids) == first
        with count_queries() as above:
            assert mine(reader, *ids[4:]) == first[4:]

        assert first == [(["like"], False)] * 5 + [([], False)]
        assert (count_reads(queries), count_reads(above)) == (1, 0)
        assert redis("a").run(("HGET", marks.mine_key(reader.id), "floor")) == [b"%d" % (ids[3] + 1)]

    def test_follow_each_change_without_being_loaded_again(self, reader):
        post_id = publish(make_person())
        mine(reader, post_id)

        with count_queries():
            add_reaction(reader.id, post_id, "like")
        with count_queries() as queries:
            assert mine(reader, post_id) == [(["like"], False)]
            assert queries.total == 0
        drain()
        with count_queries() as queries:
            assert mine(reader, post_id) == [(["like"], False)]

        assert queries.total == 0

    def test_that_were_read_before_a_change_are_not_stored_over_it(self, reader, monkeypatch):
        post_id = publish(make_person())
        load = marks._load

        def load_and_be_overtaken(user_id):
            found = load(user_id)
            monkeypatch.setattr(marks, "_load", load)
            add_reaction(reader.id, post_id, "like")
            return found

        monkeypatch.setattr(marks, "_load", load_and_be_overtaken)
        mine(reader, post_id)

        assert mine(reader, post_id) == [(["like"], False)]

    def test_are_loaded_anew_where_a_change_was_missed_or_comes_late(self, reader, settings):
        first, second = publish(make_person()), publish(make_person())
        mine(reader, first)
        with redis_away(settings):
            add_reaction(reader.id, first, "like")
        stale = mine(reader, first)

        add_reaction(reader.id, second, "like")
        gap = mine(reader, first, second)
        cache_marks(reader.id, version=1, post_id=first, marks=b"")

        assert (stale, gap) == ([([], False)], [(["like"], False)] * 2)
        assert mine(reader, first) == [(["like"], False)]

    def test_are_healed_by_the_news_if_redis_was_away(self, reader, settings):
        post_id = publish(make_person())
        mine(reader, post_id)
        with redis_away(settings):
            add_reaction(reader.id, post_id, "like")

        drain(times=2)

        assert mine(reader, post_id) == [(["like"], False)]

    def test_count_each_change_once(self, reader):
        post_id = publish(make_person())
        for _ in range(2):
            add_reaction(reader.id, post_id, "like")
        for _ in range(2):
            remove_reaction(reader.id, post_id, "like")

        assert MarkCount.objects.of(reader.id).on_primary().get().version == 2

    def test_and_exceptions_cost_a_cold_list_one_query_each(self, reader):
        author = make_person()
        publish_past(author, *range(1, 8))
        list_user_posts(author.id, Paging.first(5), viewer=viewer_of(None))

        with count_queries() as queries:
            list_user_posts(author.id, Paging.first(5), viewer=viewer_of(reader.id))

        assert count_reads(queries) == 3
