"""Following over HTTP, the news delivered, and HTTP again."""

import pytest

from modules.graph.events import Followed
from sharding.ids import make_id
from tests.graph.kit import counts, followings
from tests.kit.delivery import announced_events, drain
from tests.kit.http import call
from tests.kit.relationships import stands_as_json

pytestmark = pytest.mark.django_db


class TestFollowing:
    def test_put_follows_and_shows_the_relationship(self, ada, vera):
        answer = ada.call("PUT", f"/v1/me/following/{vera.id}")

        assert answer.status == 200
        assert answer.body == stands_as_json(vera.id, following=True)

    def test_put_twice_answers_the_same(self, ada, vera):
        first = ada.call("PUT", f"/v1/me/following/{vera.id}")

        second = ada.call("PUT", f"/v1/me/following/{vera.id}")

        assert (second.status, second.body) == (first.status, first.body)
        assert counts(ada) == (0, 1)

    def test_delete_unfollows_and_says_nothing_also_twice(self, ada, vera):
        ada.call("PUT", f"/v1/me/following/{vera.id}")

        first = ada.call("DELETE", f"/v1/me/following/{vera.id}")
        second = ada.call("DELETE", f"/v1/me/following/{vera.id}")

        assert [(answer.status, answer.body) for answer in (first, second)] == [(204, None)] * 2
        assert followings(ada) == []

    def test_is_seen_from_the_other_side_after_the_relay(self, ada, vera):
        ada.call("PUT", f"/v1/me/following/{vera.id}")

        drain()

        seen = vera.call("GET", f"/v1/me/relationships?ids={ada.id}").body["data"]
        assert seen == [stands_as_json(ada.id, followed_by=True)]

    @pytest.mark.parametrize(
        ("target", "status", "code"),
        [
            ("ada", 422, "cannot_follow_yourself"),
            (make_id(1, 9, 9), 404, "user_not_found"),
            ("0", 404, "not_found"),
            ("abc", 404, "not_found"),
            (2**63, 404, "not_found"),
        ],
    )
    def test_refuses_whom_nobody_can_follow(self, ada, target, status, code):
        answer = ada.call("PUT", f"/v1/me/following/{ada.id if target == 'ada' else target}")

        assert (answer.status, answer.body["code"]) == (status, code)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (followings(ada), announced_events(Followed)) == ([], [])

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_is_for_people_who_are_known(self, vera, method):
        answer = call(method, f"/v1/me/following/{vera.id}")

        assert (answer.status, answer.body["code"]) == (401, "unauthorized")

    def test_refuses_other_methods(self, ada, vera):
        answer = ada.call("POST", f"/v1/me/following/{vera.id}", {})

        assert answer.status == 405
