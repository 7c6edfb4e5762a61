"""Asking only for what changed, and changing only what was seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections

from modules.kernel.limits import Limit
from modules.profiles.models import Profile
from tests.kit.delivery import drain
from tests.kit.http import call

pytestmark = pytest.mark.django_db


class TestIfNoneMatch:
    @pytest.fixture(autouse=True)
    def _made(self, ada):
        drain()

    @pytest.mark.parametrize("path", ["/v1/users/{0.id}", "/v1/users/by/username/ada"])
    def test_answers_304_to_who_has_it(self, ada, path):
        first = call("GET", path.format(ada))

        again = call("GET", path.format(ada), If_None_Match=first.headers["ETag"])

        assert (again.status, again.body) == (304, None)
        assert again.headers["ETag"] == first.headers["ETag"]

    def test_is_the_same_for_everybody(self, ada, grace):
        etags = {
            answer.headers["ETag"]
            for answer in (call("GET", f"/v1/users/{ada.id}"), grace.call("GET", f"/v1/users/{ada.id}"))
        }

        assert len(etags) == 1

    def test_answers_anew_when_the_card_or_a_count_changed(self, ada, grace):
        seen = call("GET", f"/v1/users/{ada.id}").headers["ETag"]

        grace.call("PUT", f"/v1/me/following/{ada.id}")
        drain()
        counted = call("GET", f"/v1/users/{ada.id}", If_None_Match=seen)
        ada.call("PATCH", "/v1/me", {"bio": "new"}, If_Match="*")
        edited = call("GET", f"/v1/users/{ada.id}", If_None_Match=counted.headers["ETag"])

        assert [answer.status for answer in (counted, edited)] == [200, 200]
        assert (counted.body["state"][str(ada.id)]["followers"], edited.body["data"]["bio"]) == (1, "new")

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            *(("{}", 200), ("*", 200), ('"x", {}', 200)),
            *(('"x"', 412), ("W/{}", 412), ('"1.0123456789abcdef"', 412), ("x", 400)),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_of_what_was_seen_and_no_other_if_match_says_so(self, ada, method, sent, status):
        etag = call("GET", f"/v1/users/{ada.id}").headers["ETag"]

        answer = call(method, f"/v1/users/{ada.id}", If_Match=sent.format(etag))

        assert answer.status == status

    def test_comes_after_if_match(self, ada):
        etag = call("GET", f"/v1/users/{ada.id}").headers["ETag"]

        answer = call("GET", f"/v1/users/{ada.id}", If_Match='"x"', If_None_Match=etag)

        assert (answer.status, answer.body["code"]) == (412, "precondition_failed")

    @pytest.mark.parametrize("sent", ['"x", W/{}', ', {}, , "x"', " ,{} , ", "*", " * "])
    def test_takes_weak_tags_and_lists_of_them(self, ada, sent):
        etag = call("GET", f"/v1/users/{ada.id}").headers["ETag"]

        answer = call("GET", f"/v1/users/{ada.id}", If_None_Match=sent.format(etag))

        assert answer.status == 304
        assert {"content-type", "content-length"} & {name.lower() for name in answer.headers} == set()

    @pytest.fixture
    def limits(self, settings):
        """A day to win 1,500 reads back: none comes back between two looks, however slow the machine."""
        by_day = Limit("read", quota=1500, window=86_400)
        settings.LIMITS = replace(settings.LIMITS, is_on=True).with_limits(by_day)

    def test_costs_the_caller_nothing_of_their_limit(self, ada, limits):
        path = f"/v1/users/{ada.id}"
        etag = ada.call("GET", path).headers["ETag"]

        answers = [ada.call("GET", path, If_None_Match=etag) for _ in range(3)]
        changed = ada.call("GET", path)

        assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=1499"] * 3
        assert changed.headers["RateLimit"].split(";")[1] == "r=1498"

    def test_that_names_no_answer_asks_anew_each_time(self, ada, limits):
        answers = [ada.call("GET", f"/v1/users/{ada.id}", If_None_Match=sent) for sent in ("*", " * ")]

        assert [answer.status for answer in answers] == [304, 304]
        assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=1499", "r=1498"]


class TestIfMatch:
    def test_lets_through_who_saw_the_newest(self, ada):
        drain()
        etag = ada.call("GET", "/v1/me").headers["ETag"]

        answer = ada.call("PATCH", "/v1/me", {"bio": "seen"}, If_Match=etag)

        assert (answer.status, answer.body["data"]["bio"]) == (200, "seen")
        assert answer.headers["ETag"] == ada.call("GET", "/v1/me").headers["ETag"] != etag

    def test_lets_through_who_saw_the_profile_before_it_was_made(self, ada):
        etag = ada.call("GET", "/v1/me").headers["ETag"]
        drain()

        assert ada.call("PATCH", "/v1/me", {"bio": "early"}, If_Match=etag).status == 200

    def test_lets_through_whose_counts_changed_meanwhile(self, ada, grace):
        drain()
        etag = ada.call("GET", "/v1/me").headers["ETag"]
        grace.call("PUT", f"/v1/me/following/{ada.id}")
        drain()

        assert ada.call("PATCH", "/v1/me", {"bio": "popular"}, If_Match=etag).status == 200

    def test_refuses_who_saw_an_older_version(self, ada):
        drain()
        etag = ada.call("GET", "/v1/me").headers["ETag"]
        ada.call("PATCH", "/v1/me", {"bio": "first"}, If_Match=etag)

        answer = ada.call("PATCH", "/v1/me", {"bio": "second"}, If_Match=etag)

        assert (answer.status, answer.body["code"]) == (412, "precondition_failed")
        assert Profile.objects.of(ada.id).on_primary().get().bio == "first"

    def test_loses_no_update_of_two_at_once(self, ada):
        drain()
        etag = ada.call("GET", "/v1/me").headers["ETag"]

        def edit(bio: str) -> int:
            try:
                return int(ada.call("PATCH", "/v1/me", {"bio": bio}, If_Match=etag).status)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(edit, "abcdefgh"))

        assert statuses == [200, *[412] * 7]
        assert Profile.objects.of(ada.id).on_primary().get().version == 2

    @pytest.mark.parametrize(
        ("sent", "status", "code"),
        [
            (None, 428, "precondition_required"),
            ("1", 400, "header_invalid"),
            ("", 400, "header_invalid"),
            (" , ", 400, "header_invalid"),
        ],
    )
    def test_is_needed_and_read_strictly(self, ada, sent, status, code):
        headers = {} if sent is None else {"If_Match": sent}

        answer = ada.call("PATCH", "/v1/me", {"bio": "blind"}, **headers)

        assert (answer.status, answer.body["code"]) == (status, code)
        assert [error["header"] for error in answer.body["errors"]] == ["If-Match"]
        assert not Profile.objects.of(ada.id).on_primary().exists()

    @pytest.mark.parametrize("sent", ["{}", ', {}, ,"x"', '"x" ,{},', 'W/"1.0123456789abcdef", {}'])
    def test_holds_if_one_of_a_list_is_right(self, ada, sent):
        drain()
        etag = ada.call("GET", "/v1/me").headers["ETag"]

        assert ada.call("PATCH", "/v1/me", {"bio": "seen"}, If_Match=sent.format(etag)).status == 200

    @pytest.mark.parametrize("sent", ["W/{}", '"x"', 'W/{}, "x"'])
    def test_fails_for_weak_and_foreign_tags(self, ada, sent):
        drain()
        etag = ada.call("GET", "/v1/me").headers["ETag"]

        answer = ada.call("PATCH", "/v1/me", {"bio": "blind"}, If_Match=sent.format(etag))

        assert (answer.status, answer.body["code"]) == (412, "precondition_failed")
        assert ada.call("GET", "/v1/me").headers["ETag"] == etag
