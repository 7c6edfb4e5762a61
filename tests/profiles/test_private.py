"""Private accounts and requests over HTTP."""

import pytest

from modules.graph.events import RequestsAnswered
from modules.graph.models import FollowCount
from modules.graph.public import follow, set_private, viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import count_trips
from modules.profiles.models import Profile
from modules.profiles.public import create_profiles_in_bulk
from modules.profiles.selectors.users import list_follow_requests
from sharding.testing import count_queries
from tests.kit.delivery import announced_events, drain
from tests.kit.people import make_newcomers
from tests.kit.relationships import stands_as_json

pytestmark = pytest.mark.django_db


def stands(person, **flags):
    return stands_as_json(person.id, **flags)


def edit(person, **changes):
    return person.call("PATCH", "/v1/me", changes, If_Match="*")


@pytest.fixture
def star(vera):
    drain()
    assert edit(vera, is_private=True).status == 200
    return vera


class TestGoingPrivate:
    def test_is_on_the_card_for_everybody_and_in_both_rows(self, ada, star):
        card = ada.call("GET", f"/v1/users/{star.id}").body["data"]

        assert card["is_private"] is True
        assert FollowCount.objects.of(star.id).on_primary().get().is_private
        row = Profile.objects.of(star.id).on_primary().get()
        assert (row.is_private, row.version) == (True, 2)

    def test_works_before_the_profile_is_made(self, ada, vera):
        assert edit(vera, is_private=True).body["data"]["is_private"] is True
        drain()
        assert ada.call("GET", f"/v1/users/{vera.id}").body["data"]["is_private"] is True

    @pytest.mark.parametrize("changes", [{}, {"is_private": True}])
    def test_says_nothing_of_open_requests(self, star, changes):
        answer = edit(star, pending="accept", **changes)

        assert (answer.status, answer.body["code"]) == (422, "pending_without_going_public")
        assert answer.pointers == ["/pending"]
        assert announced_events(RequestsAnswered) == []

    def test_refuses_another_word(self, star):
        answer = edit(star, is_private=False, pending="all")

        assert (answer.status, answer.pointers) == (400, ["/pending"])


class TestRequests:
    def test_are_asked_with_202_and_become_following(self, ada, star):
        path = f"/v1/me/following/{star.id}"
        answers = [ada.call("PUT", path) for _ in range(2)]
        drain()
        listed = star.call("GET", "/v1/me/follow-requests").body
        seen = star.call("GET", f"/v1/me/relationships?ids={ada.id}").body["data"]
        accepted = star.call("PUT", f"/v1/me/follow-requests/{ada.id}")
        drain()

        assert [(each.status, each.body) for each in answers] == [
            (202, stands(star, requested=True, reposts=True))
        ] * 2
        assert [card["id"] for card in listed["data"]] == [str(ada.id)]
        assert seen == [stands(ada, requested_by=True)]
        assert (accepted.status, accepted.body) == (200, stands(ada, followed_by=True))
        again = ada.call("PUT", path)
        assert (again.status, again.body) == (200, stands(star, following=True, reposts=True))
        assert star.call("GET", "/v1/me/follow-requests").body["data"] == []

    def test_are_rejected_and_withdrawn_with_204(self, ada, grace, star):
        for person in (ada, grace):
            person.call("PUT", f"/v1/me/following/{star.id}")
        drain()
        answers = [
            star.call("DELETE", f"/v1/me/follow-requests/{ada.id}"),
            grace.call("DELETE", f"/v1/me/following/{star.id}"),
        ]
        drain()

        assert [answer.status for answer in answers] == [204, 204]
        assert star.call("GET", "/v1/me/follow-requests").body["data"] == []
        for person in (ada, grace):
            path = f"/v1/me/relationships?ids={star.id}"
            assert person.call("GET", path).body["data"] == [stands(star)]

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_that_nobody_made_are_not_found(self, ada, star, method):
        answer = star.call(method, f"/v1/me/follow-requests/{ada.id}")

        assert (answer.status, answer.body["code"]) == (404, "follow_request_not_found")

    @pytest.mark.parametrize("limit", [5, 40])
    def test_cost_a_page_the_same_at_any_length(self, star, limit):
        people = make_newcomers(41)
        create_profiles_in_bulk([(person.id, person.username) for person in people])
        for person in people:
            follow(person.id, star.id)
        drain()
        me, paging = viewer_of(star.id), Paging.first(limit=limit)
        list_follow_requests(paging, viewer=me)

        with count_queries() as queries, count_trips() as trips:
            page = list_follow_requests(paging, viewer=me)

        # The requests on the user's shard, and the counts on both instances.
        assert len(page.parse().data) == limit
        assert sum("graph_" in sql for _, sql in queries.statements) == 3
        assert trips.trips == 1

    def test_need_the_target_s_instance(self, ada, vera, stack):
        drain()
        stack.kill("b")

        answer = ada.call("PUT", f"/v1/me/following/{vera.id}")

        assert answer.status == 503


class TestOptions:
    def test_are_kept_from_put_and_patch(self, ada, vera):
        path = f"/v1/me/following/{vera.id}"
        bodies = [
            ada.call("PUT", path, {"notify": True}).body,
            ada.call("PUT", path).body,
            ada.call("PUT", path, {"reposts": False}).body,
            ada.call("PATCH", path, {"notify": False}).body,
            ada.call("PATCH", path, {}).body,
        ]

        assert [(body["notify"], body["reposts"]) for body in bodies] == [
            (True, True),
            (True, True),
            (True, False),
            (False, False),
            (False, False),
        ]

    def test_are_kept_from_a_request_to_the_follow(self, ada, star):
        ada.call("PUT", f"/v1/me/following/{star.id}", {"notify": True, "reposts": False})
        set_private(star.id, False)

        body = ada.call("PUT", f"/v1/me/following/{star.id}").body

        assert body == stands(star, following=True, notify=True, reposts=False)

    @pytest.mark.parametrize("body", [{}, {"notify": True}])
    def test_need_a_follow(self, ada, vera, body):
        answer = ada.call("PATCH", f"/v1/me/following/{vera.id}", body)

        assert (answer.status, answer.body["code"]) == (404, "not_following")

    @pytest.mark.parametrize(
        ("method", "body", "pointer"),
        [("PUT", {"x": 1}, "/x"), ("PUT", {"notify": 1}, "/notify"), ("PATCH", b"", ""), ("PUT", b" ", "")],
    )
    def test_refuse_another_body(self, ada, vera, method, body, pointer):
        answer = ada.call(method, f"/v1/me/following/{vera.id}", body)

        assert (answer.status, answer.pointers) == (400, [pointer])


class TestRemoveFollower:
    def test_answers_204_also_twice(self, ada, vera):
        ada.call("PUT", f"/v1/me/following/{vera.id}")
        drain()

        answers = [vera.call("DELETE", f"/v1/me/followers/{ada.id}").status for _ in range(2)]
        drain()

        assert answers == [204, 204]
        assert ada.call("GET", f"/v1/me/relationships?ids={vera.id}").body["data"] == [stands(vera)]
