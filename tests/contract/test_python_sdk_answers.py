"""The Python SDK against answers that a newer API, a proxy or a thief would give."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from deploy.embedded.layout import ROOT
from tests.kit.stub import CannedResponse, Stub, answering

sys.path.insert(0, str(ROOT / "openapi" / "sdk" / "python"))

import banyan_client as sdk
from banyan_client.generated.api.accounts import list_apps
from banyan_client.generated.api.posts import publish_post
from banyan_client.generated.api.profiles import get_me
from banyan_client.generated.api.timelines import get_home_timeline
from banyan_client.generated.models import NewPost

from tests.contract.examples import example

LATER = {"Retry-After": "Thu, 26 Nov 2026 12:00:02 GMT", "Date": "Thu, 26 Nov 2026 12:00:00 GMT"}
QUICK = sdk.Retry(first_wait=0.01)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with answering() as stub:
        yield stub


@pytest.fixture
def banyan(stub) -> Iterator[sdk.Banyan]:
    banyan = sdk.Banyan(stub.url, token="secret-token", retry=QUICK)
    yield banyan
    banyan.close()


class TestAnswers:
    def test_keep_values_that_a_newer_api_knows(self, stub, banyan):
        page = example("list_apps")
        page["data"] = [{**page["data"][0], "type": "robot"}, page["data"][0]]
        stub.answers = [(200, {}, {**page, "next": None})]

        first, second = banyan.items(list_apps.sync)

        assert (first.type_, str(first.type_), json.dumps(first.to_dict()["type"])) == (
            "robot",
            "robot",
            '"robot"',
        )
        assert second.type_ is type(second.type_).CONFIDENTIAL

    def test_keep_fields_that_a_newer_api_knows(self, stub, banyan):
        stub.answers = [(200, {}, {**example("get_home_timeline"), "next": None, "mood": ["new"]})]

        [page] = banyan.pages(get_home_timeline.sync)

        assert page["mood"] == ["new"]

    @pytest.mark.parametrize(
        ("answer", "kind", "code"),
        [
            ((418, {}, {"code": "brand_new", "errors": None, "detail": None}), sdk.BadRequest, "brand_new"),
            ((422, {}, {"code": "odd", "errors": ["text", {"pointer": None}]}), sdk.Invalid, "odd"),
            ((502, {"Content-Type": "text/html"}, b"<h1>Bad gateway</h1>"), sdk.Unavailable, "unknown"),
            ((500, {}, b""), sdk.Unavailable, "unknown"),
            ((404, {}, ["no object"]), sdk.NotFound, "unknown"),
            (
                (200, {"Content-Type": "text/html"}, b"<h1>Log in to this Wi-Fi</h1>"),
                sdk.Unreadable,
                "unreadable_answer",
            ),
            ((200, {}, b""), sdk.Unreadable, "unreadable_answer"),
        ],
    )
    def test_that_are_none_are_raised_as_errors_of_this_package(self, stub, banyan, answer, kind, code):
        stub.answers = [answer]

        with pytest.raises(sdk.BanyanError) as raised:
            get_me.sync(client=banyan.api)

        assert (type(raised.value), raised.value.status, raised.value.code) == (kind, answer[0], code)

    @pytest.mark.parametrize("body", [b"", b"[]", b'{"meta": null, "data": null, "errors": null}'])
    def test_of_signing_in_that_are_none_are_refusals(self, stub, banyan, body):
        stub.answers = [(401, {}, body)]

        with pytest.raises(sdk.Unauthorized):
            banyan.log_in("ada", "her password")

        assert banyan.token is None


class TestPages:
    def test_bring_what_cards_refer_to(self, stub, banyan):
        page = example("get_home_timeline")
        stub.answers = [(200, {}, {**page, "next": "more"}), (200, {}, {**page, "next": None})]

        pages = list(banyan.pages(get_home_timeline.sync, limit=1))

        assert stub.calls == ["GET /v1/timelines/home?limit=1", "GET /v1/timelines/home?limit=1&cursor=more"]
        assert [list(page.included.users.additional_properties) for page in pages] == [
            list(page["included"]["users"])
        ] * 2


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({"Retry-After": "2"}, 2.0),
            ({"Retry-After": " 2 "}, 2.0),
            ({"Retry-After": "1.5"}, 1.5),
            (LATER, 2.0),
            (LATER | {"Date": "Thu, 26 Nov 2026 13:00:00 GMT"}, 0.0),
            ({"Retry-After": "Thursday, 26-Nov-26 12:00:03 GMT", "Date": LATER["Date"]}, 3.0),
        ],
    )
    def test_is_waited_for(self, headers, wait):
        assert sdk.Retry().wait(1, httpx.Response(503, headers=headers)) == wait

    @pytest.mark.parametrize(
        "sent", ["", "-1", "soon", "²", "1e3", "Thu, 99 Nov 2026 12:00:02 GMT", "0x10", "nan", "inf"]
    )
    def test_that_is_none_is_passed_over(self, sent):
        wait = sdk.Retry(first_wait=0.2).wait(1, httpx.Response(503, headers={"Retry-After": sent.encode()}))

        assert wait is not None
        assert 0.1 <= wait <= 0.3

    @pytest.mark.parametrize("sent", ["61", "9" * 400, "Thu, 26 Nov 2099 12:00:00 GMT"])
    def test_that_is_too_long_is_left_to_the_caller(self, stub, banyan, sent):
        stub.answers = [(429, {"Retry-After": sent}, {"code": "limit_reached"})]

        with pytest.raises(sdk.RateLimited) as raised:
            get_me.sync(client=banyan.api)

        assert raised.value.retry_after is not None
        assert raised.value.retry_after > 60
        assert len(stub.asked) == 1


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_take_nothing_along(self, stub, banyan, status):
        with answering((200, {}, example("get_me"))) as thief:
            stub.answers = [(status, {"Location": f"{thief.url}/v1/me?code=secret"}, {})] * 4

            for call in (
                lambda: get_me.sync(client=banyan.api),
                lambda: publish_post.sync(client=banyan.api, body=NewPost(text="Hello")),
                lambda: banyan.log_in("ada", "her password"),
                lambda: banyan.sign_up("ada", "ada@example.org", "her password"),
            ):
                with pytest.raises(sdk.Redirected) as raised:
                    call()

                assert thief.url in str(raised.value)
                assert "secret" not in str(raised.value)
            assert thief.asked == []
        assert len(stub.asked) == 4

    def test_that_lead_nowhere_are_raised_as_well(self, stub, banyan):
        stub.answers = [(302, {"Location": "http://["}, {}), (302, {}, {})]

        for _ in range(2):
            with pytest.raises(sdk.Redirected):
                get_me.sync(client=banyan.api)


class TestAddress:
    def test_may_have_a_path(self, stub):
        with sdk_at(f"{stub.url}/social/", token="secret-token") as banyan:
            stub.answers = [(200, {}, example("get_me")), (401, {}, {"data": {"flows": []}})]

            get_me.sync(client=banyan.api)
            with pytest.raises(sdk.Unauthorized):
                banyan.log_in("ada", "her password")

        assert stub.calls == ["GET /social/v1/me", "POST /social/auth/app/v1/auth/login"]
        assert stub.asked[0].headers["authorization"] == "Bearer secret-token"

    @pytest.mark.parametrize(
        "url",
        [
            "https://ada:secret@banyan.example",
            "banyan.example",
            "ftp://x",
            "https://x/?a=secret",
            "https://x/#a",
        ],
    )
    def test_holds_nothing_else(self, url):
        with pytest.raises(ValueError, match="address") as raised:
            sdk.Banyan(url)

        assert "secret" not in str(raised.value)

    def test_alone_gets_the_credentials(self, stub, banyan):
        with answering((200, {}, {})) as elsewhere:
            banyan.api.get_httpx_client().get(f"{elsewhere.url}/v1/me")

            assert "authorization" not in elsewhere.asked[0].headers


class TestCredentials:
    def test_are_in_no_text_of_a_client(self):
        tokens = sdk.Tokens("secret-access", "secret-refresh")
        oauth = sdk.OAuth("app", tokens, client_secret="secret-secret")
        banyan = sdk.Banyan("https://banyan.example", token="secret-token", oauth=oauth)

        said = [repr(each) for each in (banyan, banyan.api, oauth, tokens)] + [str(banyan)]

        assert [text for text in said if "secret" in text] == []
        banyan.close()


def sdk_at(url: str, **words: Any) -> Any:
    """Return a client that is closed in the end."""
    return closing(sdk.Banyan(url, retry=QUICK, **words))


class TestRenewal:
    OLD = sdk.Tokens("old", "refresh-1")
    RENEWED: CannedResponse = (
        200,
        {},
        {"access_token": "new", "refresh_token": "refresh-2", "expires_in": 900},
    )

    def answer(self, asked):
        """Answer as an API for which the old token has ended."""
        if asked.path == "/identity/o/api/token":
            return self.RENEWED
        known = asked.headers.get("authorization") == "Bearer new"
        return (200, {}, example("get_me")) if known else (401, {}, {"code": "unauthorized"})

    def test_happens_once_however_many_threads_find_the_token_ended(self, stub):
        stub.decide = self.answer
        kept: list[sdk.Tokens] = []
        oauth = sdk.OAuth("app", self.OLD, on_renewed=kept.append)
        with sdk_at(stub.url, oauth=oauth) as banyan:
            threads = [threading.Thread(target=get_me.sync, kwargs={"client": banyan.api}) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        assert stub.calls.count("POST /identity/o/api/token") == 1
        assert [(tokens.access_token, tokens.refresh_token) for tokens in kept] == [("new", "refresh-2")]
        [renewal] = [asked for asked in stub.asked if asked.method == "POST"]
        assert renewal.body == b"grant_type=refresh_token&refresh_token=refresh-1&client_id=app"

    def test_comes_before_the_end_if_that_is_known(self, stub):
        stub.decide = self.answer
        oauth = sdk.OAuth("app", sdk.Tokens("old", "refresh-1", expires_at=1.0), client_secret="hush")
        with sdk_at(stub.url, oauth=oauth) as banyan:
            get_me.sync(client=banyan.api)

        assert stub.calls == ["POST /identity/o/api/token", "GET /v1/me"]
        assert stub.asked[0].headers["authorization"] == "Basic YXBwOmh1c2g="

    def test_keeps_the_key_of_what_it_was_for(self, stub):
        post = example("get_post")["data"]
        stub.answers = [(401, {}, {}), self.RENEWED, (201, {}, post)]
        with sdk_at(stub.url, oauth=sdk.OAuth("app", self.OLD)) as banyan:
            publish_post.sync(client=banyan.api, body=NewPost(text="Hello"))

        first, _, second = stub.asked
        assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
        assert first.body == second.body

    def test_is_tried_again_while_it_is_not_to_be_had(self, stub):
        stub.answers = [(401, {}, {}), (503, {"Retry-After": "0"}, {}), (401, {}, {}), self.RENEWED]
        stub.answers += [(200, {}, example("get_me"))]
        with sdk_at(stub.url, oauth=sdk.OAuth("app", self.OLD)) as banyan:
            get_me.sync(client=banyan.api)

        assert stub.calls.count("POST /identity/o/api/token") == 2

    @pytest.mark.parametrize(
        ("answer", "kind", "code"),
        [
            ((400, {}, {"error": "invalid_grant"}), sdk.Unauthorized, "invalid_grant"),
            ((302, {"Location": "http://127.0.0.1:9/"}, {}), sdk.Redirected, "redirected"),
            ((200, {"Content-Type": "text/html"}, b"<h1>Hello</h1>"), sdk.Unreadable, "unreadable_answer"),
        ],
    )
    def test_that_is_refused_is_raised(self, stub, answer, kind, code):
        stub.answers = [(401, {}, {}), answer]
        with sdk_at(stub.url, oauth=sdk.OAuth("app", self.OLD)) as banyan, pytest.raises(kind) as raised:
            get_me.sync(client=banyan.api)

        assert raised.value.code == code
        assert len(stub.asked) == 2

    def test_is_not_begun_without_a_token_for_it_and_not_repeated_in_vain(self, stub):
        stub.answers = [(401, {}, {}), (401, {}, {}), self.RENEWED, (401, {}, {})]
        for tokens in (sdk.Tokens("old"), self.OLD):
            with sdk_at(stub.url, oauth=sdk.OAuth("app", tokens)) as banyan, pytest.raises(sdk.Unauthorized):
                get_me.sync(client=banyan.api)

        assert stub.calls == ["GET /v1/me", "GET /v1/me", "POST /identity/o/api/token", "GET /v1/me"]
