"""What every endpoint does before and after its one call."""

import pytest

from modules.kernel.http import Request, View, endpoint
from modules.kernel.shapes import Body, Shape
from tests.kernel.urls import Failing, MovesOnce


class TestEndpoint:
    def test_parses_calls_and_answers_the_bare_card(self, api):
        answer = api.post("/v1/things", {"text": "hi", "items": [{"id": "5"}]})

        assert answer.status_code == 201
        assert answer.content == b'{"id":"2","text":"hi","made_at":"2026-11-24T12:00:00.000000Z"}'
        assert answer.headers["Content-Type"] == "application/json"

    def test_answers_nothing_with_204(self, api):
        answer = api.send("DELETE", "/v1/things/5", x_test_user="7")

        assert (answer.status_code, answer.content, answer.headers.get("Content-Type")) == (204, b"", None)

    def test_answers_what_a_reply_says(self, api):
        answer = api.send("PUT", "/v1/things/5", x_test_user="7")

        assert (answer.status_code, answer.headers["Location"]) == (202, "/v1/things/5")
        assert answer.json()["id"] == "5"

    def test_asks_a_stranger_who_he_is(self, api):
        answer = api.post("/v1/things", {"text": "hi"}, user=None)

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="banyan"'

    def test_asks_before_it_reads_the_body(self, api):
        assert api.post("/v1/things", b"{", user=None).status_code == 401

    def test_refuses_bad_credentials_even_where_none_are_needed(self, api):
        answer = api.get("/v1/whoami", x_test_user="mallory")

        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="banyan", error="invalid_token"'

    def test_refuses_credentials_that_do_not_reach_far_enough(self, api):
        answer = api.post("/v1/things", {"text": "hi"}, x_test_scopes="read:things write:posts")

        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")

    def test_takes_credentials_that_reach_exactly_far_enough(self, api):
        assert api.post("/v1/things", {"text": "hi"}, x_test_scopes="write:things").status_code == 201

    def test_tells_a_public_endpoint_who_calls_if_anybody_does(self, api):
        assert api.get("/v1/whoami").json()["user_id"] is None
        assert api.get("/v1/whoami", x_test_user="7").json()["user_id"] == "7"

    def test_answers_json_whatever_is_accepted(self, api):
        answer = api.get("/v1/things/5", accept="text/html;q=1, application/xml")

        assert answer.headers["Content-Type"] == "application/json"

    def test_answers_head_like_get(self, api):
        assert api.send("HEAD", "/v1/things/5").status_code == 200

    def test_says_what_it_allows(self, api):
        answer = api.send("OPTIONS", "/v1/things/5")

        assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, PUT, DELETE, HEAD, OPTIONS")

    @pytest.mark.parametrize("method", ["PATCH", "POST", "TRACE", "CONNECT", "BREW"])
    def test_refuses_other_methods(self, api, method):
        answer = api.send(method, "/v1/things/5", x_test_user="7")

        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, PUT, DELETE, HEAD, OPTIONS"

    def test_ignores_a_method_in_a_header(self, api):
        answer = api.send("GET", "/v1/things/5", x_http_method_override="DELETE", x_test_user="7")

        assert answer.status_code == 200

    def test_runs_once_more_after_a_shard_moved(self, api):
        MovesOnce.calls = 0

        answer = api.post("/v1/moves")

        assert (answer.status_code, MovesOnce.calls) == (200, 2)

    def test_runs_no_third_time(self, api):
        Failing.calls = 0

        answer = api.get("/v1/errors/moved")

        assert (answer.status_code, answer.json()["outcome"], Failing.calls) == (503, "none", 2)


class TestIdempotencyKey:
    def test_of_a_known_caller_becomes_once(self, api):
        answer = api.post("/v1/whoami", b"", idempotency_key="k-1").json()

        assert (answer["key"], len(answer["fingerprint"])) == ("k-1", 64)

    def test_means_nothing_without_a_caller(self, api):
        assert api.post("/v1/whoami", b"", user=None, idempotency_key="k-1").json()["key"] is None

    def test_tells_bodies_apart(self, api):
        prints = [
            api.post("/v1/keyed", {"text": text}, idempotency_key="k").json()["fingerprint"] for text in "aba"
        ]

        assert prints[0] == prints[2] != prints[1]

    def test_may_be_any_visible_ascii_but_a_comma(self, api):
        key = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != ",")

        assert api.post("/v1/whoami", b"", idempotency_key=key).json()["key"] == key

    def test_of_a_repeat_gets_the_first_answer(self, api):
        answer = api.get("/v1/errors/done")

        assert (answer.status_code, answer.content) == (201, b'{"id":"5"}')
        assert answer.headers["Idempotency-Replayed"] == "true"

    def test_of_a_repeat_without_a_kept_answer_gets_204(self, api):
        answer = api.get("/v1/errors/done_silently")

        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Idempotency-Replayed"] == "true"


class TestDeclaration:
    def test_needs_a_scope_or_the_word_public(self):
        with pytest.raises(TypeError, match="scope"):
            endpoint("nameless")

    def test_cannot_be_both(self):
        with pytest.raises(TypeError, match="scope"):
            endpoint("both", scope="a", public=True)

    def test_is_needed_by_every_method(self):
        with pytest.raises(TypeError, match="needs @endpoint"):

            class Bare(View):
                def get(self, request: Request) -> None: ...

    def test_needs_a_shape_to_answer(self):
        with pytest.raises(TypeError, match="annotated"):

            class Loose(View):
                @endpoint("loose", public=True)
                def get(self, request: Request) -> int:
                    return 1

    def test_takes_one_body(self):
        class One(Body): ...

        with pytest.raises(TypeError, match="more than one Body"):
            type("Two", (View,), {"post": _with_two_bodies(One)})


def _with_two_bodies(body: type[Body]):
    def post(self, request, first, second):
        """Take two."""

    post.__annotations__ = {"first": body, "second": body, "return": Shape}
    return endpoint("two", public=True)(post)


class TestDeprecated:
    def test_says_since_when_until_when_and_what_to_read(self, api):
        answer = api.get("/v1/old-things")

        assert answer.status_code == 200
        assert answer.headers["Deprecation"] == "@1795521600"
        assert answer.headers["Sunset"] == "Sun, 23 May 2027 12:00:00 GMT"
        assert '</docs/moving-on>; rel="deprecation"; type="text/html"' in answer.headers["Link"]
        # The neighboring pages stay named.
        assert 'rel="next"' in answer.headers["Link"]

    def test_is_not_what_others_are(self, api):
        answer = api.get("/v1/things")

        assert "Deprecation" not in answer.headers
        assert "Sunset" not in answer.headers
