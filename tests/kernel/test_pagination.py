"""A list is walked by its own links, forwards and back."""

import re

import pytest


def ids(answer) -> list[int]:
    return [int(thing["id"]) for thing in answer.json()["data"]]


def links(answer) -> dict[str, str]:
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("Link", ""))
    return {name: url for url, name in found}


class TestPages:
    def test_follow_each_other_without_gap_or_double(self, api):
        answer = api.get("/v1/things?limit=4")
        seen = ids(answer)
        while "next" in links(answer):
            answer = api.get(links(answer)["next"])
            seen += ids(answer)

        assert seen == [9, 8, 7, 6, 5, 4, 3, 2, 1]

    def test_say_the_same_in_body_and_link(self, api):
        answer = api.get("/v1/things?limit=4")

        assert links(answer) == {"next": f"/v1/things?limit=4&cursor={answer.json()['next']}"}
        assert answer.json()["prev"] is None

    def test_keep_filters_in_their_links(self, api):
        answer = api.get("/v1/things?limit=4&sort=a%26b%20%C3%A9")

        assert links(answer)["next"].startswith("/v1/things?limit=4&sort=a%26b+%C3%A9&cursor=")
        assert api.get(links(answer)["next"]).json()["data"][0]["text"] == "a&b é"

    def test_lead_back(self, api):
        second = api.get(links(api.get("/v1/things?limit=4"))["next"])

        assert ids(api.get(links(second)["prev"])) == [6, 7, 8, 9]

    def test_of_the_end_have_no_next(self, api):
        answer = api.get("/v1/things?limit=9")

        assert "Link" not in answer.headers
        assert (answer.json()["next"], answer.json()["prev"]) == (None, None)

    def test_hold_twenty_unless_told(self, api):
        assert len(ids(api.get("/v1/things"))) == 9

    @pytest.mark.parametrize(
        "other",
        ["/v1/things?sort=old&cursor={}", "/v1/things?sort=&cursor={}", "/v1/things?least=1&cursor={}"],
    )
    def test_refuse_the_cursor_of_other_filters(self, api, other):
        cursor = api.get("/v1/things?limit=4").json()["next"]

        answer = api.get(other.format(cursor))

        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")

    def test_refuse_the_cursor_of_another_caller(self, api):
        cursor = api.get("/v1/things?limit=4", x_test_user="7").json()["next"]

        assert api.get(f"/v1/things?cursor={cursor}", x_test_user="7").status_code == 200
        assert api.get(f"/v1/things?cursor={cursor}", x_test_user="8").status_code == 400
        assert api.get(f"/v1/things?cursor={cursor}").status_code == 400

    def test_may_change_their_length(self, api):
        cursor = api.get("/v1/things?limit=4").json()["next"]

        assert ids(api.get(f"/v1/things?limit=2&cursor={cursor}")) == [5, 4]
