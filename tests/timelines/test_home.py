"""The home timeline: right whether its window is warm, cold, half gone, or Redis is not there at all."""

from dataclasses import replace

import pytest

from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import Script
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.posts.schemas import NewPost
from modules.timelines import public as timelines
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.pages import ids_of, on
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past
from tests.timelines.kit import flat, follow, read_ids

pytestmark = pytest.mark.django_db


class TestGetHome:
    def test_shows_the_newest_posts_of_followees_and_oneself(self):
        reader, ada, grace, stranger = (make_person() for _ in range(4))
        follow(reader, ada, grace)
        drain()
        made = [publish(person) for person in (ada, grace, reader, ada)]
        publish(stranger)
        drain()

        assert flat(read_ids(reader)) == sorted(made, reverse=True)

    def test_lays_authors_beside_the_posts_once(self):
        reader, ada = sign_up("vera"), make_person("ada")
        follow(reader, ada)
        publish(ada, "one")
        publish(ada, "two")
        drain()

        answer = call("GET", "/v1/timelines/home", as_=reader)

        assert answer.texts == ["two", "one"]
        assert [user["username"] for user in answer.body["included"]["users"].values()] == ["ada"]
        assert answer.body["next"] is None

    def test_is_not_empty_for_somebody_never_seen_before(self):
        reader, ada = make_person(), make_person()
        made = publish_past(ada, *range(1, 8))
        follow(reader, ada)

        # Nothing was relayed: neither the mirror nor a backfill has run.
        assert flat(read_ids(reader)) == made[::-1]

    def test_keeps_an_empty_home_warm(self):
        reader = make_person()
        timelines.get_home(graph.viewer_of(reader.id), Paging.first())

        with count_queries() as queries:
            page = timelines.get_home(graph.viewer_of(reader.id), Paging.first())

        assert (page.parse().data, page.next, page.prev) == ([], None, None)
        assert queries.total == 0

    @pytest.mark.parametrize("limit", [1, 3, 4, 20])
    def test_goes_on_below_the_window_until_history_ends(self, limit, small_windows):
        reader, ada, grace = make_person(), make_person(), make_person()
        made = publish_past(ada, *range(1, 30, 2)) + publish_past(grace, *range(2, 31, 3))
        follow(reader, ada, grace)
        drain()
        made += [publish(ada) for _ in range(3)]
        drain()

        pages = read_ids(reader, limit=limit)

        assert flat(pages) == sorted(made, reverse=True)
        assert {len(page) for page in pages[:-1]} <= {limit}

    def test_stays_in_place_while_posts_arrive(self):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        made = publish_past(ada, *range(1, 7))
        drain()
        first = timelines.get_home(graph.viewer_of(reader.id), Paging.first(3))
        publish(ada)
        publish(reader)
        drain()

        second = timelines.get_home(graph.viewer_of(reader.id), on(Paging.first(3), first.next))

        assert ids_of(first) + ids_of(second) == made[::-1]

    def test_finds_the_neighboring_newer_page_by_prev(self):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        drain()
        made = [publish(ada) for _ in range(6)]
        drain()
        viewer = graph.viewer_of(reader.id)
        first = timelines.get_home(viewer, Paging.first(3))
        made += [publish(ada) for _ in range(8)]
        drain()

        pages, paging = [], on(Paging.first(3), first.prev)
        for _ in range(4):
            pages.append(timelines.get_home(viewer, paging))
            paging = on(paging, pages[-1].prev)
        back = timelines.get_home(viewer, on(Paging.first(3), pages[0].next))
        newest = timelines.get_home(viewer, Paging.first(3))

        assert [ids_of(page) for page in pages] == [made[8:5:-1], made[11:8:-1], made[13:11:-1], []]
        assert ids_of(back) == ids_of(first) == made[5:2:-1]
        assert pages[3].prev == pages[2].prev
        assert ids_of(timelines.get_home(viewer, on(Paging.first(3), pages[3].next))) == made[13:10:-1]
        assert ids_of(newest) == made[13:10:-1]

    def test_hides_an_author_at_the_request_after_unfollowing(self):
        reader, ada, grace = make_person(), make_person(), make_person()
        follow(reader, ada, grace)
        hidden, shown = publish(ada), publish(grace)
        drain()
        assert flat(read_ids(reader)) == [shown, hidden]

        graph.unfollow(reader.id, ada.id)

        assert flat(read_ids(reader)) == [shown]
        assert timelines.window_contains([reader.id], hidden) == {reader.id}

    def test_shows_nobody_whom_the_viewer_does_not_follow_even_if_the_script_lets_them_through(
        self, monkeypatch
    ):
        reader, ada, grace = make_person(), make_person(), make_person()
        follow(reader, ada, grace)
        drain()
        hidden, shown = publish(ada), publish(grace)
        drain()
        assert flat(read_ids(reader)) == [shown, hidden]
        graph.unfollow(reader.id, ada.id)
        narrowing = " and follows[string.sub(entry, 9)] == 1"
        assert narrowing in windows._READ.source
        monkeypatch.setattr(windows, "_READ", Script(windows._READ.source.replace(narrowing, "")))

        seen = flat(read_ids(reader))
        step = windows.read(reader.id, graph.following_key(reader.id), place=TOP, limit=9)

        assert step is not None
        assert [entry.post_id for entry in step.entries] == [shown, hidden]
        assert seen == [shown]

    def test_hides_a_post_at_the_request_after_its_deletion(self):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        drain()
        made = [publish(ada) for _ in range(4)]
        drain()
        read_ids(reader)

        posts.delete_post(ada.id, made[2], now=NOON)

        assert read_ids(reader, limit=2) == [[made[3], made[1]], [made[0]]]

    def test_gives_up_filling_a_page_after_five_rounds_but_goes_on_by_cursor(self):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        made = publish_past(ada, *range(1, 9))
        drain()
        for post_id in made[1:]:
            posts.delete_post(ada.id, post_id, now=NOON)
        # Heard by nobody: the window still holds what is deleted.
        timelines.warm(reader.id)
        windows.merge(windows.home(reader.id), [windows.Entry(id, ada.id) for id in made[::-1]])

        pages = read_ids(reader, limit=1)

        assert pages == [[], [made[0]]]

    @pytest.mark.parametrize(("gone", "limit"), [(6, 1), (120, 3)])
    def test_walks_by_prev_over_whatever_is_gone_and_meets_the_end_where_prev_stays(self, gone, limit):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        made = publish_past(ada, *range(1, gone + 5))
        drain()
        for post_id in made[1 : gone + 1]:
            posts.delete_post(ada.id, post_id, now=NOON)
        timelines.warm(reader.id)
        windows.merge(windows.home(reader.id), [windows.Entry(id, ada.id) for id in made[::-1]])
        viewer, pages = graph.viewer_of(reader.id), []
        paging = Paging.first(limit)
        oldest = timelines.get_home(viewer, on(paging, paging.older_than(made[1])))

        page, sent = oldest, None
        while page.prev != sent:
            sent = page.prev
            page = timelines.get_home(viewer, on(paging, sent))
            pages.append(ids_of(page))

        assert ids_of(oldest) == [made[0]]
        assert [len(ids) for ids in pages] == ([1, 1, 1, 0] if limit == 1 else [3, 0])
        assert [id for ids in pages for id in ids[::-1]] == made[gone + 1 :]

    def test_needs_somebody(self):
        assert call("GET", "/v1/timelines/home").status == 401

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=101", "limit=abc", "cursor=abc", "cursor=", "limit=1&limit=2", "order=best"],
    )
    def test_refuses_a_query_it_does_not_know(self, query):
        assert call("GET", f"/v1/timelines/home?{query}", as_=sign_up("vera")).status == 400

    def test_refuses_the_cursor_of_somebody_else(self):
        readers, ada = [sign_up("vera"), sign_up("nora")], make_person()
        publish_past(ada, 1, 2)
        for reader in readers:
            follow(reader, ada)
        cursor = call("GET", "/v1/timelines/home?limit=1", as_=readers[0]).body["next"]

        answer = call("GET", f"/v1/timelines/home?limit=1&cursor={cursor}", as_=readers[1])

        assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")


class TestPulledAuthors:
    @pytest.fixture
    def thresholds(self, settings):
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=3, pull_demotion=2)

    def test_lose_no_post_and_double_none_when_they_come_to_be_pulled_and_no_longer_are(
        self, thresholds, small_windows
    ):
        star, quiet = make_person(), make_person()
        readers = [make_person() for _ in range(3)]
        made = []

        def post():
            made.append(publish(star))
            made.append(publish(quiet))
            drain()

        for reader in readers[:2]:
            follow(reader, star, quiet)
        drain()
        for reader in readers:
            read_ids(reader)
        post()
        follow(readers[2], star)
        drain()
        assert graph.is_pulled(star.id)
        for _ in range(5):
            post()
        assert flat(read_ids(readers[0], limit=3)) == made[::-1]
        for reader in readers[1:]:
            graph.unfollow(reader.id, star.id)
        drain()
        assert not graph.is_pulled(star.id)
        post()

        assert flat(read_ids(readers[0], limit=3)) == made[::-1]

    def test_are_not_pushed_but_seen_at_once(self, thresholds):
        star, readers = make_person(), [make_person() for _ in range(3)]
        for reader in readers:
            follow(reader, star)
        drain()
        for reader in readers:
            timelines.warm(reader.id)
        timelines.warm(star.id)

        post_id = publish(star)
        drain()

        ids = [reader.id for reader in readers]
        assert timelines.window_contains([star.id, *ids], post_id) == {star.id}
        assert [flat(read_ids(reader)) for reader in readers] == [[post_id]] * 3


class TestWarm:
    def test_makes_the_window_that_news_then_reaches(self):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        drain()
        timelines.warm(reader.id)

        post_id = posts.publish_post(ada.id, NewPost(text="Hi"), now=NOON, once=None).id
        drain()

        assert timelines.window_contains([reader.id, ada.id], post_id) == {reader.id}

    def test_leaves_a_window_that_stands(self):
        reader, ada = make_person(), make_person()
        follow(reader, ada)
        timelines.warm(reader.id)
        publish(ada)

        timelines.warm(reader.id)

        assert windows.find_floor(windows.home(reader.id)) == 0
        assert redis("a").run(("LLEN", windows.home(reader.id))) == [1]
