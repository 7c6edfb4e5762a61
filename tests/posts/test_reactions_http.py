"""Reacting over HTTP, and who reacted."""

import pytest

from modules.accounts.public import suspend_account
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.kernel.redis.servers import redis
from modules.posts.schemas import PostSettings
from modules.posts.selectors.reactions import list_reactions
from modules.posts.services.posts import delete_post
from modules.posts.services.reactions import add_reaction
from sharding.testing import count_queries
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.pages import count_reads
from tests.kit.people import NOON, make_newcomer, make_person, sign_up
from tests.kit.posts import publish
from tests.posts.kit import counted, reactions_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_types(settings):
    settings.POSTS = PostSettings(reactions=("like", "love"))


class TestReacting:
    def test_answers_a_repeat_the_same_both_ways(self):
        reader, path = sign_up("vera"), f"/v1/posts/{publish(make_person())}/reactions/like"

        added = [call("PUT", path, as_=reader).status for _ in range(2)]
        there = len(reactions_of(reader))
        removed = [call("DELETE", path, as_=reader).status for _ in range(2)]

        assert (added, there, removed, reactions_of(reader)) == ([204, 204], 1, [204, 204], [])

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_names_the_types_that_there_are(self, method):
        reader, post_id = sign_up("vera"), publish(make_person())

        answer = call(method, f"/v1/posts/{post_id}/reactions/hate", as_=reader)

        assert (answer.status, answer.body["code"]) == (422, "reaction_unknown")
        assert answer.body["detail"] == "The types are: like, love."
        listed = call("GET", f"/v1/posts/{post_id}/reactions?type=hate")
        assert (listed.status, listed.body["code"]) == (422, "reaction_unknown")

    def test_tells_nothing_of_a_post_that_is_not_there(self):
        reader, author = sign_up("vera"), make_person()
        deleted = publish(author)
        delete_post(author.id, deleted, now=NOON)

        for absent in (deleted, 2**62):
            answers = [
                call("PUT", f"/v1/posts/{absent}/reactions/like", as_=reader),
                call("GET", f"/v1/posts/{absent}/reactions", as_=reader),
            ]
            assert {(each.status, each.body["code"]) for each in answers} == {(404, "post_not_found")}

    @pytest.mark.parametrize("type", ["Like", "a-b", "x" * 21, "%00", ""])
    def test_knows_no_type_that_is_no_name(self, type):
        path = f"/v1/posts/{publish(make_person())}/reactions/{type}"

        assert call("PUT", path, as_=sign_up("vera")).status == 404


class TestListReactions:
    def test_shows_who_reacted_newest_first_with_their_cards(self):
        post_id, people = publish(make_person()), [make_person() for _ in range(3)]
        for person, type in zip(people, ("like", "love", "like"), strict=True):
            add_reaction(person.id, post_id, type)
        drain()
        until_replicated()

        every = call("GET", f"/v1/posts/{post_id}/reactions").body
        likes = call("GET", f"/v1/posts/{post_id}/reactions?type=like").body

        assert [(each["user_id"], each["type"]) for each in every["data"]] == [
            (str(person.id), type)
            for person, type in zip(people[::-1], ("like", "love", "like"), strict=True)
        ]
        assert every["included"]["users"].keys() == {str(person.id) for person in people}
        assert [each["user_id"] for each in likes["data"]] == [str(people[2].id), str(people[0].id)]
        assert likes["included"]["users"].keys() == {str(people[0].id), str(people[2].id)}

    def test_hides_whose_account_is_closed_and_goes_on_behind_them(self):
        post_id = publish(make_person())
        people = [make_newcomer(name, shard=3) for name in ("ada", "ben", "eve")]
        for person in people:
            add_reaction(person.id, post_id, "like")
        suspend_account(people[2].id, now=NOON)
        drain()
        until_replicated()

        first = call("GET", f"/v1/posts/{post_id}/reactions?limit=1").body
        second = call("GET", f"/v1/posts/{post_id}/reactions?limit=1&cursor={first['next']}").body

        assert (first["data"], first["included"]["users"], first["missing"]) == ([], {}, [])
        assert [each["user_id"] for each in second["data"]] == [str(people[1].id)]
        # They are still counted: until their account is purged they may come back.
        assert counted(post_id) == {"like": 3}

    @pytest.mark.parametrize("many", [5, 40])
    def test_costs_one_query_and_two_round_trips_at_any_length(self, many):
        post_id = publish(make_person(shard=0))
        for _ in range(41):
            add_reaction(make_person().id, post_id, "like")
        drain()
        until_replicated()
        redis("a").run(("FLUSHDB",))
        list_reactions(post_id, Paging.first(many), viewer=PUBLIC_VIEWER)

        for type in (None, "like"):
            with count_queries() as queries, count_trips() as trips:
                page = list_reactions(post_id, Paging.first(many), type=type, viewer=PUBLIC_VIEWER)

            assert len(page.parse().data) == many
            assert (count_reads(queries), trips.trips) == (1, 2)
