"""Every request has a name, one line in the log, and safe headers."""

import pytest
import structlog

from modules.kernel.http import middleware
from modules.kernel.limits import Limit, LimitSettings


@pytest.fixture
def lines():
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        yield lines


def access(lines):
    return [line for line in lines if line["event"] == "request"]


class TestRequestId:
    def test_is_kept_if_a_proxy_gave_a_sane_one(self, api):
        assert api.get("/healthz", x_request_id="proxy-1.a_B").headers["X-Request-Id"] == "proxy-1.a_B"

    @pytest.mark.parametrize("sent", ["", "a b", "a\nb", "x" * 129, "é", "<script>"])
    def test_is_made_anew_otherwise(self, api, sent):
        made = api.get("/healthz", x_request_id=sent).headers["X-Request-Id"]

        assert (len(made), made == sent) == (24, False)

    def test_differs_for_each_request(self, api):
        assert len({api.get("/healthz").headers["X-Request-Id"] for _ in range(5)}) == 5

    def test_stands_in_every_line_of_the_request(self, api, lines):
        api.get("/v1/errors/bug", x_request_id="r1")

        assert {line["request_id"] for line in lines} == {"r1"}

    def test_is_forgotten_afterwards(self, api):
        api.get("/healthz", x_request_id="r1")

        assert structlog.contextvars.get_contextvars() == {}


class TestAccessLine:
    def test_names_route_status_time_and_caller(self, api, lines):
        api.get("/v1/things?limit=3&sort=secret", x_test_user="9007199254740993")

        [line] = access(lines)
        assert isinstance(line.pop("ms"), float)
        assert line.pop("request_id")
        assert line == {
            "event": "request",
            "log_level": "info",
            "method": "GET",
            "route": "v1/things",
            "status": 200,
            "user_id": "9007199254740993",
        }

    def test_names_the_code_of_a_problem(self, api, lines):
        api.get("/v1/errors/not_found")

        [line] = access(lines)
        assert (line["status"], line["code"], line["route"]) == (
            404,
            "thing_not_found",
            "v1/errors/<str:name>",
        )

    def test_names_the_path_where_there_is_no_route(self, api, lines):
        api.get("/nowhere/a%0Ab%1B[2J?secret=hunter2")

        [line] = access(lines)
        assert (line["route"], line["status"], line["path"]) == (None, 404, "/nowhere/a%0Ab%1B%5B2J")
        assert "hunter2" not in repr(line)

    def test_names_the_limit_that_is_used_up(self, api, lines, settings):
        settings.LIMITS = LimitSettings().with_limits(Limit("anonymous", 1, 300))
        for _ in range(2):
            api.get("/v1/things")

        assert [(line["status"] == 429, line.get("limit")) for line in access(lines)] == [
            (False, None),
            (True, "anonymous"),
        ]

    def test_cuts_a_long_path(self, api, lines):
        api.get("/" + "a" * 3000)

        [line] = access(lines)
        assert line["path"] == "/" + "a" * 199

    def test_holds_neither_query_nor_body_nor_token(self, api, lines):
        api.post(
            "/v1/things?q=hunter2", {"text": "hunter2"}, authorization="Bearer hunter2", cookie="sid=hunter2"
        )

        assert "hunter2" not in repr(lines)

    def test_that_cannot_be_written_fails_no_request(self, api, monkeypatch):
        class Full:
            def info(self, *args, **kwargs):
                raise OSError("no space left on device")

        monkeypatch.setattr(middleware, "log", Full())

        assert api.get("/healthz").status_code == 200


class TestHeaders:
    @pytest.mark.parametrize("path", ["/v1/things", "/v1/errors/bug", "/nowhere", "/healthz"])
    def test_are_safe_on_every_answer(self, api, path):
        headers = api.get(path).headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"

    def test_of_a_view_are_left_alone(self, api):
        headers = api.get("/docs").headers

        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "public, max-age=300"
