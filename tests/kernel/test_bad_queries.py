"""Every bad query and path is answered with a problem that names the parameter."""

import pytest

QUERIES = {
    "limit=0": ("limit", "too_small"),
    "limit=-1": ("limit", "too_small"),
    "limit=101": ("limit", "too_large"),
    "limit=1000000000": ("limit", "too_large"),
    "limit=abc": ("limit", "not_an_integer"),
    "limit=": ("limit", "not_an_integer"),
    "limit": ("limit", "not_an_integer"),
    "limit=1.0": ("limit", "not_an_integer"),
    "limit=1_0": ("limit", "not_an_integer"),
    "limit=+5": ("limit", "not_an_integer"),
    "limit=%205": ("limit", "not_an_integer"),
    "limit=05": ("limit", "not_an_integer"),
    "limit=%D9%A7": ("limit", "not_an_integer"),
    "limit=1&limit=2": ("limit", "repeated"),
    "limit%00=1": ("", "unreadable"),
    "sort=%00": ("sort", "unreadable"),
    "sort=%ff": ("sort", "unreadable"),
    "offset=10": ("offset", "unknown"),
    "__class__=x": ("__class__", "unknown"),
    "author__password__startswith=a": ("author__password__startswith", "unknown"),
    "least=a": ("least", "not_an_integer"),
}
CURSORS = ["", "x", "%00", "..", "AAAA", "MAAAAAAAAAAAA5Ors-qhwfcfdAKaV1MLb9I", "a" * 500, "%C3%A9"]


class TestQueries:
    @pytest.mark.parametrize("query", QUERIES)
    def test_are_refused_with_the_parameter(self, api, query):
        parameter, error = QUERIES[query]

        answer = api.get(f"/v1/things?{query}")

        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "query_invalid")
        assert [(error["parameter"], error["code"]) for error in problem["errors"]] == [(parameter, error)]

    @pytest.mark.parametrize("cursor", CURSORS)
    def test_are_refused_for_their_cursor(self, api, cursor):
        answer = api.get(f"/v1/things?cursor={cursor}")

        assert answer.status_code == 400
        assert [error["parameter"] for error in answer.json()["errors"]] == ["cursor"]

    def test_name_every_fault_at_once(self, api):
        answer = api.get("/v1/things?limit=0&least=x&nope=1")

        assert {error["parameter"] for error in answer.json()["errors"]} == {"limit", "least", "nope"}

    def test_are_refused_where_there_are_none(self, api):
        answer = api.get("/v1/whoami?a=1")

        assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [
            ("a", "unknown")
        ]

    def test_are_refused_beside_a_body(self, api):
        assert api.post("/v1/things?a=1", b'{"text":"a"}').status_code == 400

    def test_of_more_than_a_hundred_parameters_are_refused(self, api):
        answer = api.get("/v1/things?" + "&".join(f"a{n}=1" for n in range(101)))

        assert answer.status_code == 400

    @pytest.mark.parametrize(
        "ids", ["", "a", "1,", ",1", "1,,2", "01", "-1", "1.0", "1 ", "9223372036854775808", "\u0667", "1,0"]
    )
    def test_of_bad_ids_are_refused(self, api, ids):
        answer = api.get(f"/v1/things/batch?ids={ids}")

        assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [
            ("ids", "ids_invalid")
        ]

    def test_of_more_than_a_hundred_ids_are_refused(self, api):
        answer = api.get("/v1/things/batch?ids=" + ",".join(map(str, range(1, 102))))

        assert answer.json()["errors"][0]["code"] == "ids_too_many"

    def test_name_each_id_once(self, api):
        answer = api.get("/v1/things/batch?ids=3,1,3,9223372036854775807")

        assert [thing["id"] for thing in answer.json()["data"]] == ["3", "1", "9223372036854775807"]


class TestPaths:
    @pytest.mark.parametrize(
        "id", ["0", "01", "-1", "+1", "1.0", "a", "9223372036854775808", "1" * 400, "%00", "\u0667"]
    )
    def test_of_no_such_id_are_not_found(self, api, id):
        answer = api.get(f"/v1/things/{id}")

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_of_the_greatest_id_are_found(self, api):
        assert api.get("/v1/things/9223372036854775807").json()["id"] == "9223372036854775807"
