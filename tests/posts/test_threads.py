"""Reading threads: the replies beneath a post, and the posts above a reply."""

from __future__ import annotations

import pytest

from modules.graph.public import follow, viewer_of
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.posts.errors import PostNotFound
from modules.posts.schemas import MAX_DEPTH, NewPost
from modules.posts.selectors.threads import list_ancestors, list_replies
from modules.posts.services.posts import delete_post, publish_post
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads, ids_of
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish, reply

pytestmark = pytest.mark.django_db


def deliver() -> None:
    drain()
    until_replicated()


def for_followers(author, post_id):
    new = NewPost(text="Psst", reply_to=post_id, audience="followers")
    return publish_post(author.id, new, now=NOON, once=None).id


class TestListReplies:
    def test_lists_direct_ones_or_the_whole_thread_newest_first(self, ada, vera):
        root = publish(ada)
        first = reply(vera, root)
        second, third = reply(ada, first), reply(ada, root)
        deliver()

        def ids(query):
            return [int(card["id"]) for card in call("GET", f"/v1/posts/{query}").body["data"]]

        assert ids(f"{root}/replies") == [third, first]
        assert ids(f"{root}/replies?depth=all") == [third, second, first]
        assert ids(f"{first}/replies") == ids(f"{first}/replies?depth=all") == [second]

    def test_leaves_out_what_is_deleted_or_hidden_and_not_what_hangs_on_it(self, ada, vera):
        follower = make_person()
        follow(follower.id, vera.id)
        root = publish(ada)
        gone, hidden = reply(vera, root), for_followers(vera, root)
        beneath = reply(ada, gone)
        deliver()
        delete_post(vera.id, gone, now=NOON)  # the news of it is not delivered yet

        seen = [
            ids_of(list_replies(root, Paging.first(), everything=True, viewer=viewer))
            for viewer in (viewer_of(follower.id), viewer_of(ada.id), PUBLIC_VIEWER)
        ]

        assert seen == [[beneath, hidden], [beneath], [beneath]]

    def test_refuses_what_may_not_be_seen(self, ada):
        root = publish(ada)
        reply(ada, root)
        deliver()
        delete_post(ada.id, root, now=NOON)

        for absent in (root, 2**62):
            with pytest.raises(PostNotFound):
                list_replies(absent, Paging.first(), viewer=PUBLIC_VIEWER)

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_and_the_cards_at_any_length(self, many, ada):
        root, people = publish(ada), [make_person() for _ in range(4)]
        for number in range(many + 1):
            reply(people[number % 4], root)
        deliver()
        list_replies(root, Paging.first(many), viewer=viewer_of(ada.id))

        with count_queries() as queries, count_trips() as trips:
            page = list_replies(root, Paging.first(many), viewer=viewer_of(ada.id))

        assert len(ids_of(page)) == many
        assert (count_reads(queries), trips.trips) == (1, 2)


class TestListAncestors:
    def test_leads_from_the_root_down_over_instances(self, ada, vera):
        chain = [publish(ada)]
        for number in range(MAX_DEPTH):
            chain.append(reply((vera, ada)[number % 2], chain[-1]))
        deliver()

        answer = call("GET", f"/v1/posts/{chain[-1]}/ancestors").body

        assert [int(card["id"]) for card in answer["data"]] == chain[:-1]
        assert answer["included"]["users"].keys() == {str(ada.id), str(vera.id)}
        assert (answer["next"], answer["partial"], answer["missing"], answer["deleted"]) == (
            None,
            False,
            [],
            [],
        )

    def test_is_empty_of_what_is_no_reply(self, ada):
        assert call("GET", f"/v1/posts/{publish(ada)}/ancestors").body["data"] == []

    def test_names_what_is_missing_and_what_of_it_was_deleted(self, ada, vera):
        root = publish(ada)
        hidden = for_followers(ada, root)
        gone = reply(ada, hidden)
        last = reply(vera, gone)
        deliver()
        delete_post(ada.id, gone, now=NOON)

        page = list_ancestors(last, viewer=viewer_of(vera.id)).parse()

        assert [card.id for card in page.data] == [root]
        assert (page.missing, page.deleted, page.partial) == ([hidden, gone], [gone], False)

    def test_says_that_it_is_partial_while_news_is_under_way(self, ada, vera):
        root = publish(ada)
        first = reply(vera, root)
        second = reply(ada, first)
        third = reply(vera, second)

        before = list_ancestors(third, viewer=PUBLIC_VIEWER).parse()
        of_the_first = list_ancestors(first, viewer=PUBLIC_VIEWER).parse()
        deliver()
        after = list_ancestors(third, viewer=PUBLIC_VIEWER).parse()

        assert ([card.id for card in before.data], before.partial) == ([root, second], True)
        assert ([card.id for card in of_the_first.data], of_the_first.partial) == ([root], False)
        assert ([card.id for card in after.data], after.partial) == ([root, first, second], False)

    def test_refuses_what_may_not_be_seen(self, ada, vera):
        hidden = for_followers(ada, publish(ada))

        for absent in (hidden, 2**62):
            with pytest.raises(PostNotFound):
                list_ancestors(absent, viewer=viewer_of(vera.id))

    @pytest.mark.parametrize("deep", [5, MAX_DEPTH])
    def test_costs_two_queries_and_the_cards_however_deep(self, deep, ada, vera):
        last = publish(ada)
        for number in range(deep):
            last = reply((vera, ada)[number % 2], last)
        deliver()
        list_ancestors(last, viewer=PUBLIC_VIEWER)

        with count_queries() as queries, count_trips() as trips:
            page = list_ancestors(last, viewer=PUBLIC_VIEWER)

        assert len(page.parse().data) == deep
        assert (count_reads(queries), trips.trips) == (2, 2)
