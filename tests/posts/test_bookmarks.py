"""Bookmarks: kept for oneself, in the order of keeping, and only what may still be seen."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.posts.errors import BookmarkCapReached, PostNotFound
from modules.posts.events import BookmarksChanged
from modules.posts.models import Bookmark, MarkCount
from modules.posts.schemas import PostSettings
from modules.posts.selectors.bookmarks import list_bookmarks
from modules.posts.services.bookmarks import add_bookmark, remove_bookmark
from modules.posts.services.posts import delete_post
from modules.posts.services.reactions import add_reaction
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads, ids_of
from tests.kit.people import NOON, make_person, sign_up
from tests.kit.posts import publish, publish_past
from tests.posts.kit import mine

pytestmark = pytest.mark.django_db


def kept(person) -> list[int]:
    return sorted(Bookmark.objects.of(person.id).on_primary().values_list("post_id", flat=True))


def counted(person) -> int:
    return MarkCount.objects.of(person.id).on_primary().get().bookmarks


class TestBookmarking:
    def test_answers_a_repeat_the_same_and_shows_at_once_to_nobody_else(self):
        reader, other, post_id = sign_up("vera"), sign_up("ada"), publish(make_person())
        path = f"/v1/me/bookmarks/{post_id}"
        mine(reader, post_id)

        added = [call("PUT", path, as_=reader).status for _ in range(2)]
        add_reaction(reader.id, post_id, "like")
        own, theirs, counts = mine(reader, post_id), mine(other, post_id), counted(reader)
        removed = [call("DELETE", path, as_=reader).status for _ in range(2)]

        assert (added, removed) == ([204, 204], [204, 204])
        assert (own, theirs, counts) == ([(["like"], True)], [([], False)], 1)
        assert (mine(reader, post_id), kept(reader), counted(reader)) == ([(["like"], False)], [], 0)
        # It says that something changed, and not what.
        assert announced_events(BookmarksChanged) == [
            BookmarksChanged(user_id=reader.id, version=version) for version in (1, 3)
        ]
        drain(times=2)
        assert mine(reader, post_id) == [(["like"], False)]

    def test_refuses_what_may_not_be_seen_and_removes_it_all_the_same(self):
        reader, author = make_person(), make_person()
        post_id = publish(author)
        add_bookmark(reader.id, post_id)
        delete_post(author.id, post_id, now=NOON)

        for absent in (post_id, 2**62):
            with pytest.raises(PostNotFound):
                add_bookmark(reader.id, absent)
        remove_bookmark(reader.id, post_id)

        assert kept(reader) == []

    def test_ends_at_the_cap_however_many_ask_at_once(self, settings):
        settings.POSTS = PostSettings(bookmark_cap=3)
        reader, ids = make_person(), publish_past(make_person(), *range(1, 9))

        def ask(post_id: int) -> bool:
            try:
                add_bookmark(reader.id, post_id)
            except BookmarkCapReached:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, ids))

        assert (sum(answers), len(kept(reader)), counted(reader)) == (3, 3, 3)
        remove_bookmark(reader.id, kept(reader)[0])
        add_bookmark(reader.id, ids[answers.index(False)])
        assert counted(reader) == 3


class TestListBookmarks:
    def test_is_in_the_order_of_keeping_and_leaves_out_what_is_gone(self):
        reader, author = sign_up("vera"), make_person()
        ids = publish_past(author, 1, 2, 3, 4)
        for post_id in (ids[2], ids[0], ids[3], ids[1]):
            add_bookmark(reader.id, post_id)
        delete_post(author.id, ids[3], now=NOON)
        until_replicated()

        first = call("GET", "/v1/me/bookmarks?limit=2", as_=reader).body
        second = call("GET", f"/v1/me/bookmarks?limit=2&cursor={first['next']}", as_=reader).body

        assert [[int(card["id"]) for card in page["data"]] for page in (first, second)] == [
            [ids[1]],
            [ids[0], ids[2]],
        ]
        assert (first["missing"], first["partial"], second["next"]) == ([], False, None)
        assert first["state"][str(ids[1])]["mine"] == {"reactions": [], "is_bookmarked": True}

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_and_two_round_trips_at_any_length(self, many):
        reader, authors = make_person(), [make_person() for _ in range(6)]
        for post_id in [id for author in authors for id in publish_past(author, *range(1, 9))]:
            add_bookmark(reader.id, post_id)
        until_replicated()
        list_bookmarks(Paging.first(many), viewer=viewer_of(reader.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_bookmarks(Paging.first(many), viewer=viewer_of(reader.id))

        assert len(ids_of(page)) == many
        assert (count_reads(queries), trips.trips) == (1, 2)
