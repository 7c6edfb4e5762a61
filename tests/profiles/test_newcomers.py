"""What somebody does right after signing up is there, whenever the news of them is delivered."""

from __future__ import annotations

import pytest

from modules.accounts.services.account_status import request_deletion
from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel import clock
from modules.profiles.models import Profile
from modules.profiles.public import map_cards
from sharding.ids import make_id
from sharding.testing import count_queries
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.people import make_newcomer, make_newcomers

pytestmark = pytest.mark.django_db


def has_profile(user_id: int) -> bool:
    return Profile.objects.of(user_id).on_primary().exists()


class TestANewUser:
    def test_and_their_post_are_seen_before_the_profile_is_made(self, ada, vera):
        followed = vera.call("PUT", f"/v1/me/following/{ada.id}").status
        post = ada.call("POST", "/v1/posts", {"text": "first"}).body
        lists = ["/v1/timelines/home", f"/v1/posts?ids={post['id']}", f"/v1/users/{ada.id}/posts"]
        singles = [f"/v1/posts/{post['id']}", f"/v1/users/{ada.id}", "/v1/users/by/username/ada"]

        shown = [ada.call("GET", path).texts for path in lists]
        found = [call("GET", path).body["data"] for path in singles]

        assert (followed, has_profile(ada.id)) == (200, False)
        assert shown == [["first"]] * 3
        assert [card["id"] for card in found] == [post["id"], str(ada.id), str(ada.id)]
        assert call("GET", singles[0]).body["included"]["users"][str(ada.id)]["username"] == "ada"

        drain()

        assert has_profile(ada.id)
        assert [call("GET", path).body["data"] for path in singles] == found
        assert vera.call("GET", "/v1/timelines/home").texts == ["first"]

    def test_who_closes_the_account_at_once_is_hidden(self, ada):
        request_deletion(ada.id, confirm="ada", now=clock.now())

        assert (call("GET", f"/v1/users/{ada.id}").status, has_profile(ada.id)) == (404, False)


class TestWhoIsNobody:
    @pytest.mark.parametrize("count", [1, 40])
    def test_costs_one_read_more_and_who_has_a_profile_none(self, count):
        people = [person.id for person in make_newcomers(2)]
        drain()

        with count_queries() as known:
            map_cards(people, viewer=PUBLIC_VIEWER)
        with count_queries() as unknown:
            found = map_cards([make_id(1, 3, n) for n in range(count)], viewer=PUBLIC_VIEWER)

        assert (known.by_alias.get("default", 0), unknown.by_alias, found) == (0, {"a": 1, "default": 1}, {})


class TestWithoutTheDirectory:
    def test_nobody_is_taken_for_nobody(self, stack):
        newcomer, other = make_newcomer("ada", shard=3), make_newcomer("grace", shard=4)
        other.call("PATCH", "/v1/me", {"bio": "here"}, If_Match="*")
        stack.kill("default")

        answer = call("GET", f"/v1/users?ids={newcomer.id},{other.id}").body

        assert [card["id"] for card in answer["data"]] == [str(other.id)]
        assert (answer["partial"], answer["unavailable"]) == (True, [str(newcomer.id)])
        assert call("GET", f"/v1/users/{newcomer.id}").status == 503
