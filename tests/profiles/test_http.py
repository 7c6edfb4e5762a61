"""Profiles over HTTP."""

import pytest

from modules.accounts.services.account_status import cancel_deletion, request_deletion
from modules.kernel import clock
from modules.profiles.events import ProfileEdited
from modules.profiles.models import Profile
from sharding.ids import make_id
from tests.kit.delivery import announced_events, drain
from tests.kit.http import call
from tests.kit.people import make_newcomers

pytestmark = pytest.mark.django_db

NOBODY = make_id(1, 9, 9)
TOO_MANY = "?ids=" + ",".join(map(str, range(1, 102)))


class TestMe:
    def test_is_drawn_from_the_account_until_the_profile_is_made(self, ada):
        before = ada.call("GET", "/v1/me")
        made = Profile.objects.of(ada.id).on_primary().exists()
        drain()

        after = ada.call("GET", "/v1/me")

        assert (before.status, made) == (200, False)
        assert after.body == before.body
        assert after.body["data"]["username"] == "ada"
        assert after.body["state"] == {str(ada.id): {"followers": 0, "following": 0}}

    def test_is_whole_at_once_when_the_account_is_open_again(self, ada, vera):
        ada.call("PATCH", "/v1/me", {"display_name": "Ada", "bio": "Ho", "custom": {"a": 1}}, If_Match="*")
        before = ada.call("GET", "/v1/me").body["data"]
        request_deletion(ada.id, confirm="ada", now=clock.now())
        drain()
        cancel_deletion(ada.id)

        after = ada.call("GET", "/v1/me")

        assert (after.status, after.body["data"]) == (200, before)
        assert ada.call("GET", f"/v1/users/{ada.id}").body["data"] == before
        assert vera.call("GET", f"/v1/users/{ada.id}").status == 404
        drain()
        assert vera.call("GET", f"/v1/users/{ada.id}").body["data"] == before

    def test_is_edited_and_read_back_at_once(self, ada):
        drain()

        edited = ada.call(
            "PATCH", "/v1/me", {"display_name": "Ada", "bio": "Ho\nho", "custom": {"a": [1]}}, If_Match="*"
        )

        assert edited.status == 200
        card = edited.body["data"]
        assert (card["display_name"], card["bio"], card["custom"]) == ("Ada", "Ho\nho", {"a": [1]})
        assert ada.call("GET", "/v1/me").body == edited.body
        others_see = {name: part for name, part in edited.body.items() if name != "settings"}
        assert call("GET", f"/v1/users/{ada.id}").body == others_see

    def test_is_edited_before_the_profile_is_made(self, ada):
        answer = ada.call("PATCH", "/v1/me", {"bio": "early"}, If_Match="*")

        assert (answer.status, answer.body["data"]["bio"]) == (200, "early")

    def test_keeps_what_is_not_sent(self, ada):
        ada.call("PATCH", "/v1/me", {"bio": "kept"}, If_Match="*")

        answer = ada.call("PATCH", "/v1/me", {"display_name": "Ada"}, If_Match="*")

        assert (answer.body["data"]["bio"], answer.body["data"]["display_name"]) == ("kept", "Ada")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"display_name": ""}, "/display_name"),
            ({"display_name": None}, "/display_name"),
            ({"display_name": "\u200b \u200b"}, "/display_name"),
            ({"display_name": "\U000e0041"}, "/display_name"),
            ({"display_name": "\u180b"}, "/display_name"),
            ({"display_name": "two\r\nlines"}, "/display_name"),
            ({"display_name": "x" * 51}, "/display_name"),
            ({"display_name": "a\u202eb"}, "/display_name"),
            ({"display_name": 7}, "/display_name"),
            ({"bio": "x" * 501}, "/bio"),
            ({"custom": {"a": "x" * 4096}}, "/custom"),
            ({"custom": []}, "/custom"),
            ({"version": 9}, "/version"),
            ({"hide_counts": None}, "/hide_counts"),
            ({"hide_counts": "yes"}, "/hide_counts"),
            ({"username": "root"}, "/username"),
            ({"status": 1}, "/status"),
        ],
    )
    def test_refuses_what_breaks_a_rule_and_says_where(self, ada, body, pointer):
        drain()

        answer = ada.call("PATCH", "/v1/me", body, If_Match="*")

        assert answer.status in {400, 422}
        assert [error["pointer"] for error in answer.body["errors"]] == [pointer]
        assert Profile.objects.of(ada.id).on_primary().get().version == 1
        assert announced_events(ProfileEdited) == []

    @pytest.mark.parametrize(
        "body",
        [b'{"custom":{"a":"\\u0000"}}', b'{"custom":{"a":"\\ud800"}}', b'{"bio":"a","bio":"b"}', b"[]", b"{"],
    )
    def test_refuses_what_no_database_and_no_client_can_keep(self, ada, body):
        drain()

        answer = ada.call("PATCH", "/v1/me", body, If_Match="*")

        assert answer.status == 400
        assert Profile.objects.of(ada.id).on_primary().get().version == 1

    @pytest.mark.parametrize("method", ["GET", "PATCH"])
    def test_is_for_people_who_are_known(self, db, method):
        assert call(method, "/v1/me", {} if method == "PATCH" else None).status == 401


class TestHideCounts:
    @pytest.fixture
    def followed(self, ada, grace):
        grace.call("PUT", f"/v1/me/following/{ada.id}")
        drain()
        return ada

    def test_hides_them_from_everyone_else(self, followed, grace):
        mine = followed.call("PATCH", "/v1/me", {"hide_counts": True}, If_Match="*")

        me, nobody = str(followed.id), {"followers": None, "following": None}
        assert (mine.status, mine.body["settings"]) == (200, {"hide_counts": True})
        assert mine.body["state"] == {me: {"followers": 1, "following": 0}}
        assert followed.call("GET", "/v1/me").body == mine.body
        for path in (
            f"/v1/users/{me}",
            "/v1/users/by/username/ada",
            f"/v1/users?ids={me}",
            f"/v1/users/{grace.id}/following",
        ):
            assert grace.call("GET", path).body["state"][me] == nobody

    def test_counts_on_and_shows_them_again(self, followed, vera):
        followed.call("PATCH", "/v1/me", {"hide_counts": True}, If_Match="*")
        vera.call("PUT", f"/v1/me/following/{followed.id}")
        drain()

        followed.call("PATCH", "/v1/me", {"hide_counts": False}, If_Match="*")

        shown = vera.call("GET", f"/v1/users/{followed.id}").body["state"]
        assert shown == {str(followed.id): {"followers": 2, "following": 0}}

    def test_changes_the_tag_so_that_no_other_device_overwrites_it(self, followed):
        seen = followed.call("GET", "/v1/me").headers["ETag"]
        followed.call("PATCH", "/v1/me", {"hide_counts": True}, If_Match=seen)

        assert followed.call("PATCH", "/v1/me", {"hide_counts": False}, If_Match=seen).status == 412


class TestUser:
    def test_is_shown_to_anybody_with_exact_counts(self, ada, grace, vera):
        for person in (ada, grace):
            person.call("PUT", f"/v1/me/following/{vera.id}")
        drain()

        answer = call("GET", f"/v1/users/{vera.id}")

        assert (answer.status, answer.body["data"]["id"]) == (200, str(vera.id))
        assert answer.body["included"] == {}
        assert answer.body["state"] == {str(vera.id): {"followers": 2, "following": 0}}

    @pytest.mark.parametrize("name", ["vera", "VERA", "Vera"])
    def test_is_found_by_name_in_any_case(self, vera, name):
        drain()

        assert call("GET", f"/v1/users/by/username/{name}").body["data"]["id"] == str(vera.id)

    @pytest.mark.parametrize(
        "path", [str(NOBODY), "by/username/nobody", "by/username/%00", "by/username/%C3%BC"]
    )
    def test_is_refused_where_there_is_none(self, vera, path):
        drain()

        answer = call("GET", f"/v1/users/{path}")

        assert (answer.status, answer.body["code"]) == (404, "user_not_found")


class TestUsers:
    def test_come_in_the_order_asked_each_once_with_the_missing_named(self, ada, vera):
        drain()

        answer = call("GET", f"/v1/users?ids={vera.id},{NOBODY},{ada.id},{vera.id}")

        assert answer.status == 200
        assert [card["id"] for card in answer.body["data"]] == [str(vera.id), str(ada.id)]
        assert answer.body["missing"] == [str(NOBODY)]
        assert set(answer.body["state"]) == {str(vera.id), str(ada.id)}
        assert (answer.body["next"], answer.body["prev"]) == (None, None)

    @pytest.mark.parametrize("query", ["", "?ids=", "?ids=x", "?ids=1&limit=2", TOO_MANY])
    def test_refuse_what_names_nobody(self, db, query):
        assert call("GET", f"/v1/users{query}").status == 400


class TestFollowersAndFollowing:
    @pytest.fixture(autouse=True)
    def _crowd(self, ada):
        self.people = make_newcomers(7)
        for person in self.people:
            person.call("PUT", f"/v1/me/following/{ada.id}")
            ada.call("PUT", f"/v1/me/following/{person.id}")
        drain()

    @pytest.mark.parametrize("name", ["followers", "following"])
    def test_show_everybody_once_page_by_page(self, ada, name):
        path, seen, pages = f"/v1/users/{ada.id}/{name}?limit=3", [], 0

        while path:
            answer = call("GET", path)
            assert answer.status == 200
            seen += [card["id"] for card in answer.body["data"]]
            pages += 1
            following = answer.body["next"]
            path = following and f"/v1/users/{ada.id}/{name}?limit=3&cursor={following}"

        assert (sorted(seen), pages) == (sorted(str(person.id) for person in self.people), 3)

    def test_show_cards_with_counts_beside_them(self, ada):
        answer = call("GET", f"/v1/users/{ada.id}/following?limit=1")

        newest = self.people[-1]
        assert answer.body["data"][0]["username"] == newest.username
        assert answer.body["state"] == {str(newest.id): {"followers": 1, "following": 1}}
        assert 'rel="next"' in answer.headers["Link"]

    def test_refuse_the_cursor_of_another_list(self, ada):
        cursor = call("GET", f"/v1/users/{ada.id}/following?limit=1").body["next"]

        answer = call("GET", f"/v1/users/{ada.id}/followers?limit=1&cursor={cursor}")

        assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")

    def test_refuse_the_cursor_of_another_user(self, ada):
        cursor = call("GET", f"/v1/users/{ada.id}/following?limit=1").body["next"]

        answer = call("GET", f"/v1/users/{self.people[0].id}/following?limit=1&cursor={cursor}")

        assert (answer.status, answer.body["code"]) == (400, "cursor_invalid")

    @pytest.mark.parametrize("name", ["followers", "following"])
    def test_refuse_where_there_is_no_user(self, name):
        answer = call("GET", f"/v1/users/{NOBODY}/{name}")

        assert (answer.status, answer.body["code"]) == (404, "user_not_found")

    def test_leave_out_whoever_unfollowed(self, ada):
        self.people[0].call("DELETE", f"/v1/me/following/{ada.id}")
        drain()

        answer = call("GET", f"/v1/users/{ada.id}/followers?limit=100")

        assert len(answer.body["data"]) == 6
