"""Whatever goes wrong leaves as one kind of problem, and none shows its inside."""

import pytest
import structlog

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors", "request_id"}

ANSWERS = {
    "not_found": (404, "thing_not_found"),
    "forbidden": (403, "forbidden"),
    "conflict": (409, "conflict"),
    "gone": (410, "gone"),
    "stale": (412, "precondition_failed"),
    "invalid": (422, "invalid"),
    "too_many": (429, "too_many_requests"),
    "bug": (500, "internal_error"),
    "drf_denied": (403, "forbidden"),
    "drf_throttled": (429, "too_many_requests"),
    "suspicious": (400, "bad_request"),
    "moved": (503, "unavailable"),
    "away": (503, "unavailable"),
    "operational": (503, "unavailable"),
    "redis": (503, "unavailable"),
    "reused": (422, "idempotency_key_reused"),
    "in_flight": (409, "request_in_flight"),
}


class TestProblem:
    @pytest.mark.parametrize("name", ANSWERS)
    def test_has_one_form_for_everything(self, api, name):
        answer = api.get(f"/v1/errors/{name}")

        problem = answer.json()
        assert (answer.status_code, problem["code"]) == ANSWERS[name]
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert set(problem) - {"outcome"} == MEMBERS
        assert problem["status"] == answer.status_code
        assert problem["type"] == f"/docs/errors#{problem['code']}"
        assert problem["instance"] == f"/v1/errors/{name}"
        assert problem["request_id"] == answer.headers["X-Request-Id"]

    def test_carries_title_and_detail(self, api):
        assert api.get("/v1/errors/not_found").json()["detail"] == "There is no such thing."
        assert api.get("/v1/errors/detail").json()["title"] == "There is no such thing."
        assert api.get("/v1/errors/detail").json()["detail"] == "Look elsewhere."

    def test_carries_the_faults_of_a_refusal(self, api):
        assert api.get("/v1/errors/invalid").json()["errors"] == [
            {"pointer": "/a~1b", "code": "too_odd", "detail": "Even it out."}
        ]

    @pytest.mark.parametrize(
        ("name", "seconds"),
        [("too_many", "7"), ("drf_throttled", "3"), ("in_flight", "1"), ("away", "2"), ("moved", "1")],
    )
    def test_says_when_to_come_back(self, api, name, seconds):
        assert api.get(f"/v1/errors/{name}").headers["Retry-After"] == seconds

    def test_says_that_a_write_may_have_happened(self, api):
        assert api.post("/v1/errors/operational").json()["outcome"] == "unknown"

    def test_says_that_a_write_has_not_happened(self, api):
        assert api.post("/v1/errors/moved").json()["outcome"] == "none"

    def test_says_nothing_of_that_for_a_read(self, api):
        assert "outcome" not in api.get("/v1/errors/operational").json()

    @pytest.mark.parametrize("path", ["/v1/errors/bug", "/broken"])
    def test_of_a_bug_shows_nothing_and_is_logged_whole(self, api, path):
        with structlog.testing.capture_logs() as lines:
            answer = api.get(path)

        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert b"hunter2" not in answer.content
        [line] = [line for line in lines if line["event"] == "request_failed"]
        assert "hunter2" in repr(line["exc_info"])

    @pytest.mark.parametrize(
        "path", ["/nowhere", "/v1/nowhere", "/v1/things/", "/v1/things/0", "/docs/assets/x.js"]
    )
    def test_is_what_no_path_gets(self, api, path):
        answer = api.get(path)

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_takes_the_place_of_an_error_page(self, api):
        answer = api.get("/page")

        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_takes_the_place_of_djangos_405(self, api):
        answer = api.send("POST", "/healthz")

        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD"

    def test_is_what_a_wrong_host_gets(self, api):
        answer = api.get("/v1/whoami", host="evil.example")

        assert answer.status_code == 400
        assert [error["header"] for error in answer.json()["errors"]] == ["Host"]

    def test_is_not_what_a_probe_by_address_gets(self, api):
        assert api.get("/healthz", host="10.0.0.7:8000").status_code == 200

    def test_guards_a_view_that_is_not_ours(self, api):
        assert api.get("/v1/stray").json()["code"] == "unauthorized"
        assert api.get("/v1/stray", x_test_user="7").json()["code"] == "forbidden"

    def test_survives_a_path_that_is_no_unicode(self, api):
        answer = api.get("/v1/%ff%fe")

        assert answer.status_code == 404
