"""What the Python SDK repeats when an answer is lost: never what would then report what is not so."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deploy.embedded.layout import ROOT
from tests.contract.examples import example
from tests.kit.stub import LOST, CannedResponse, Stub, answering

sys.path.insert(0, str(ROOT / "openapi" / "sdk" / "python"))

import banyan_client as sdk
from banyan_client.generated.api.graph import follow_user
from banyan_client.generated.api.posts import delete_post, publish_post
from banyan_client.generated.api.profiles import edit_me, get_me
from banyan_client.generated.models import EditProfile, NewPost
from banyan_client.retries import UNSENT, may_repeat

# What follows a lost answer: the API says of its own success that it cannot be done.
STALE: CannedResponse = (412, {}, {"code": "stale"})
GONE: CannedResponse = (404, {}, {"code": "post_not_found"})
DOWN: CannedResponse = (503, {}, {"code": "unavailable", "outcome": "unknown"})
NOT_DONE: CannedResponse = (503, {"Retry-After": "0"}, {"code": "unavailable", "outcome": "none"})
LIMITED: CannedResponse = (429, {"Retry-After": "0"}, {"code": "limit_reached"})
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


def edit(banyan: sdk.Banyan) -> Any:
    return edit_me.sync(client=banyan.api, if_match='"1.a"', body=EditProfile(bio="Hi"))


def delete(banyan: sdk.Banyan) -> Any:
    return delete_post.sync_detailed("7", client=banyan.api)


class TestALostAnswer:
    @pytest.mark.parametrize(("call", "untrue"), [(edit, STALE), (delete, GONE)])
    def test_of_what_has_no_key_comes_out_as_it_was(self, stub, banyan, call, untrue):
        stub.answers = [LOST, untrue]

        with pytest.raises(httpx.TransportError):
            call(banyan)

        assert len(stub.asked) == 1

    @pytest.mark.parametrize(("call", "untrue"), [(edit, STALE), (delete, GONE)])
    def test_is_one_too_where_the_api_cannot_say_what_happened(self, stub, banyan, call, untrue):
        stub.answers = [DOWN, untrue]

        with pytest.raises(sdk.Unavailable):
            call(banyan)

        assert len(stub.asked) == 1

    def test_of_asyncio_comes_out_as_well(self, stub):
        stub.answers = [LOST, STALE]

        async def run() -> None:
            banyan = sdk.AsyncBanyan(stub.url, token="secret-token", retry=QUICK)
            try:
                await edit_me.asyncio(client=banyan.api, if_match='"1.a"', body=EditProfile(bio="Hi"))
            finally:
                await banyan.close()

        with pytest.raises(httpx.TransportError):
            asyncio.run(run())
        assert len(stub.asked) == 1

    @pytest.mark.parametrize("step", ["send_code", "verify_email"])
    def test_of_a_code_comes_out_for_it_is_good_for_once(self, stub, banyan, step):
        stub.answers = [LOST, (409, {}, {})]

        with pytest.raises(httpx.TransportError):
            getattr(banyan, step)("123456")

        assert len(stub.asked) == 1

    def test_of_a_read_a_put_and_a_post_with_its_key_is_asked_for_again(self, stub, banyan):
        answers: list[CannedResponse] = [
            (200, {}, example("get_me")),
            (200, {}, example("follow_user")),
            (201, {}, example("publish_post", 201)),
        ]
        stub.answers = [each for answer in answers for each in (LOST, answer)]

        get_me.sync(client=banyan.api)
        follow_user.sync("7", client=banyan.api)
        publish_post.sync(client=banyan.api, body=NewPost(text="Hello"))

        assert [asked.method for asked in stub.asked] == ["GET", "GET", "PUT", "PUT", "POST", "POST"]


class TestARefusal:
    def test_of_what_was_surely_not_done_is_asked_for_again(self, stub, banyan):
        stub.answers = [NOT_DONE, LIMITED, (200, {}, example("edit_me"))]

        edit(banyan)

        assert len(stub.asked) == 3

    @pytest.mark.parametrize("kind", UNSENT)
    def test_of_the_connection_before_anything_left_is_tried_again(self, kind):
        assert may_repeat(httpx.Request("DELETE", "https://example.org/"), None, kind(""))
