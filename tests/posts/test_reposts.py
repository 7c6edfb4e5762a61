"""Reposting and quoting: once for each user and post, counted at the original, shown with it or never."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from modules.graph.public import follow, viewer_of
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts import tasks
from modules.posts.errors import NotPublic, PostIsRepost, PostNotFound
from modules.posts.events import PostShared, ShareRemoved
from modules.posts.models import AuthorCount, Repost
from modules.posts.schemas import QUOTE, REPOST, NewPost, PostRef
from modules.posts.selectors.pages import get_post, list_posts
from modules.posts.selectors.reposts import list_reposters
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reactions import add_reaction
from modules.posts.services.reposts import remove_repost
from sharding.scope import Once
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish, quote, reply, repost
from tests.posts.kit import at_once, shares, tallies

pytestmark = pytest.mark.django_db


def for_followers(author):
    new = NewPost(text="Psst", audience="followers")
    return publish_post(author.id, new, now=NOON, once=None).id


def posts_of(person):
    row = AuthorCount.objects.of(person.id).on_primary().first()
    return row.posts if row else 0


class TestRepost:
    def test_is_a_post_without_text_that_comes_with_its_original(self, ada, vera):
        original = publish(ada, "Hi")

        first = vera.call("PUT", f"/v1/posts/{original}/repost")
        again = vera.call("PUT", f"/v1/posts/{original}/repost")

        assert (first.status, again.body) == (200, first.body)
        assert (first.body["kind"], first.body["text"]) == ("repost", "")
        assert first.body["original"] == {"post_id": str(original), "author_id": str(ada.id)}
        shown = call("GET", f"/v1/posts/{first.body['id']}").body
        assert shown["data"] == first.body
        assert shown["included"]["posts"][str(original)]["text"] == "Hi"
        assert shown["included"]["users"].keys() == {str(ada.id), str(vera.id)}

    def test_is_made_once_also_of_many_asked_together(self, ada, vera):
        original = publish(ada)

        made = at_once(*[lambda: repost(vera, original) for _ in range(8)])
        drain()

        assert len(set(made)) == 1
        assert (shares(original), tallies(original), posts_of(vera)) == ([made[0]], (0, 1, 0), 1)

    def test_of_a_repost_and_of_ones_own_reposts_the_original(self, ada, vera):
        original = publish(ada)
        passed_on = repost(vera, original)

        again, own = repost(make_person(), passed_on), repost(ada, original)

        cards = list_posts([again, own], viewer=PUBLIC_VIEWER).parse().data
        assert [card.original and card.original.post_id for card in cards] == [original, original]

    def test_refuses_what_not_everybody_may_see(self, ada, vera):
        follow(vera.id, ada.id)
        hidden = for_followers(ada)

        for person in (vera, ada):
            with pytest.raises(NotPublic):
                repost(person, hidden)
        with pytest.raises(PostNotFound):
            repost(make_person(), hidden)

    def test_has_nothing_of_its_own_to_react_to_or_to_quote(self, ada, vera):
        passed_on = repost(vera, publish(ada))

        for mark in (lambda: add_reaction(ada.id, passed_on, "like"), lambda: quote(ada, passed_on)):
            with pytest.raises(PostIsRepost):
                mark()


class TestRemoveRepost:
    @pytest.mark.parametrize("by", ["original", "repost", "deletion"])
    def test_takes_the_post_with_it_whatever_is_named(self, by, ada, vera):
        original = publish(ada)
        passed_on = repost(vera, original)
        drain()
        path = {
            "original": f"{original}/repost",
            "repost": f"{passed_on}/repost",
            "deletion": str(passed_on),
        }

        for _ in range(2):
            assert vera.call("DELETE", f"/v1/posts/{path[by]}").status == 204

        with pytest.raises(PostNotFound):
            get_post(passed_on, viewer=PUBLIC_VIEWER)
        assert announced_events(ShareRemoved) == [
            ShareRemoved(
                post_id=passed_on,
                author_id=vera.id,
                original_id=original,
                original_author_id=ada.id,
                kind=REPOST,
            )
        ]
        drain()
        assert (shares(original), tallies(original), posts_of(vera)) == ([], (0, 0, 0), 0)
        assert repost(vera, original) > passed_on

    def test_goes_though_the_original_is_gone(self, ada, vera):
        original = publish(ada)
        repost(vera, original)
        delete_post(ada.id, original, now=NOON)

        remove_repost(vera.id, original, now=NOON)

        assert posts_of(vera) == 0

    def test_beside_reposting_leaves_both_sides_agreeing(self, ada, vera):
        original = publish(ada)

        for _ in range(3):
            at_once(
                *[lambda: repost(vera, original) for _ in range(4)],
                *[lambda: remove_repost(vera.id, original, now=NOON) for _ in range(4)],
            )
        drain()

        rows = Repost.objects.of(vera.id).on_primary().values_list("post_id", flat=True)
        assert shares(original) == list(rows)
        assert (tallies(original), posts_of(vera)) == ((0, len(rows), 0), len(rows))


class TestQuote:
    def test_names_the_original_and_is_counted_apart(self, ada, vera):
        original = publish(ada, "Hi")
        quoting = quote(vera, original)
        both = publish_post(
            vera.id, NewPost(text="No", quote_of=original, reply_to=original), now=NOON, once=None
        )
        drain()

        shown = call("GET", f"/v1/posts/{quoting}").body

        assert shown["data"]["kind"] == "quote"
        assert shown["included"]["posts"][str(original)]["text"] == "Hi"
        assert (both.kind, both.root_id, both.original) == (
            "quote",
            original,
            PostRef(post_id=original, author_id=ada.id),
        )
        assert (shares(original), tallies(original)) == ([quoting, both.id], (1, 0, 2))

    def test_refuses_with_a_pointer(self, ada):
        for absent, status, code in ((for_followers(ada), 403, "not_public"), (7, 404, "post_not_found")):
            answer = ada.call("POST", "/v1/posts", {"text": "No", "quote_of": str(absent)})

            assert (answer.status, answer.body["code"]) == (status, code)
            assert answer.body["errors"][0]["pointer"] == "/quote_of"

    def test_stays_when_the_original_goes_and_a_repost_does_not(self, ada, vera):
        original = publish(ada)
        quoting, passed_on = quote(vera, original), repost(vera, original)
        before = list_posts([passed_on, quoting], viewer=PUBLIC_VIEWER).parse()

        delete_post(ada.id, original, now=NOON)
        page = list_posts([passed_on, quoting], viewer=PUBLIC_VIEWER).parse()

        assert [card.id for card in before.data] == [passed_on, quoting]
        assert list(before.included.posts) == [original]
        assert ([card.id for card in page.data], page.missing) == ([quoting], [passed_on])
        assert (page.included.posts, list(page.included.users)) == ({}, [vera.id])


class TestOutage:
    def test_names_reposts_whose_originals_cannot_be_read_and_shows_quotes(self, ada, vera, stack):
        original = publish(vera)
        ids = [repost(ada, original), quote(ada, original)]
        redis("a").run(("FLUSHDB",))
        stack.kill("b")

        page = list_posts(ids, viewer=PUBLIC_VIEWER).parse()

        assert ([card.id for card in page.data], page.included.posts) == (ids[1:], {})
        assert (page.missing, page.unavailable, page.partial) == (ids[:1], ids[:1], True)


class TestMirror:
    def test_may_be_delivered_twice(self, ada, vera, redeliver):
        original = publish(ada)
        quoting = quote(vera, original)
        for _ in range(2):
            last = repost(vera, original)
            remove_repost(vera.id, original, now=NOON)
        last = repost(vera, original)

        redeliver(times=2)

        assert (shares(original), tallies(original)) == (sorted([quoting, last]), (0, 1, 1))

    def test_converges_in_whatever_order_the_news_comes(self, ada):
        original = publish(ada)
        about = {"author_id": 7, "original_id": original, "original_author_id": ada.id, "kind": QUOTE}
        hears: dict[type, Any] = {PostShared: tasks.mirror_share, ShareRemoved: tasks.mirror_end_of_share}
        for number, order in enumerate(permutations([PostShared, PostShared, ShareRemoved]), start=1):
            for at, kind in enumerate(order):
                if kind is PostShared or number % 2:
                    event = kind(post_id=number, **about)
                    hears[kind](event, Once("posts.mirror", f"{number}:{at}"))

        assert (shares(original), tallies(original)) == ([2, 4, 6], (0, 0, 3))


class TestListReposters:
    def test_lists_who_may_be_seen_newest_first(self, ada, vera):
        original, other = publish(ada), make_person()
        for person in (vera, other, ada):
            repost(person, original)
        remove_repost(other.id, original, now=NOON)
        quote(other, original)
        drain()
        until_replicated()

        answer = call("GET", f"/v1/posts/{original}/reposts?limit=1").body
        rest = call("GET", f"/v1/posts/{original}/reposts?limit=1&cursor={answer['next']}").body

        assert [card["id"] for card in answer["data"] + rest["data"]] == [str(ada.id), str(vera.id)]
        assert answer["state"] == {str(ada.id): {"followers": 0, "following": 0}}
        assert rest["next"] is None

    def test_refuses_what_may_not_be_seen(self, ada):
        with pytest.raises(PostNotFound):
            list_reposters(for_followers(ada), Paging.first(), viewer=PUBLIC_VIEWER)

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_the_same_at_any_length(self, many, ada):
        original = publish(ada)
        for _ in range(many + 1):
            repost(make_person(), original)
        drain()
        until_replicated()
        list_reposters(original, Paging.first(many), viewer=viewer_of(ada.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_reposters(original, Paging.first(many), viewer=viewer_of(ada.id))

        assert len(page.parse().data) == many
        # The list, and the counts of two instances; post and people, and the post's author.
        assert (count_reads(queries), trips.trips) == (3, 2)


class TestCost:
    @pytest.mark.parametrize("many", [5, 40])
    def test_of_a_page_of_reposts_and_quotes_is_two_round_trips_and_one_for_own_marks(self, many, ada, vera):
        people = [make_person() for _ in range(3)]
        ids = [
            (quote if number % 2 else repost)(people[number % 3], reply(ada, publish(vera)))
            for number in range(many)
        ]
        list_posts(ids, viewer=viewer_of(ada.id))

        costs = []
        for viewer in (PUBLIC_VIEWER, viewer_of(ada.id)):
            with count_queries() as queries, count_trips() as trips:
                page = list_posts(ids, viewer=viewer)
            assert (len(page.parse().data), len(page.parse().included.posts)) == (many, many)
            costs.append((queries.total, trips.trips))

        # Posts and originals; and somebody's own marks on the originals.
        assert costs == [(0, 2), (0, 3)]
