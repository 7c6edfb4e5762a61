"""The Python SDK as a program uses it: against a live API, and against answers that none can be made give."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded.layout import ROOT
from tests.contract.examples import example
from tests.kit.client import PASSWORD
from tests.kit.machines import until

SDK = ROOT / "openapi" / "sdk" / "python"
sys.path.insert(0, str(SDK))

import banyan_client as sdk  # noqa: E402
from banyan_client.generated.api.graph import follow_user, list_relationships  # noqa: E402
from banyan_client.generated.api.posts import get_post, list_user_posts, publish_post  # noqa: E402
from banyan_client.generated.api.profiles import edit_me, get_me, get_user  # noqa: E402
from banyan_client.generated.api.timelines import get_home_timeline  # noqa: E402
from banyan_client.generated.models import EditProfile, NewPost  # noqa: E402

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(live_api):
    return live_api


@pytest.fixture
def ada(api) -> Iterator[sdk.Banyan]:
    yield from _signed_up(api.url, "ada")


@pytest.fixture
def grace(api) -> Iterator[sdk.Banyan]:
    yield from _signed_up(api.url, "grace")


def _signed_up(url: str, name: str) -> Iterator[sdk.Banyan]:
    banyan = sdk.Banyan(url)
    banyan.sign_up(name, f"{name}@example.org", PASSWORD)
    yield banyan
    banyan.close()


def has_profile(banyan: sdk.Banyan) -> bool:
    """Return whether the relay has told of the account, which makes the profile that others see."""
    try:
        return get_user.sync(id_of(banyan), client=banyan.api) is not None
    except sdk.NotFound:
        return False


def id_of(banyan: sdk.Banyan) -> str:
    return str(get_me.sync(client=banyan.api).data.id)


class TestBanyan:
    def test_logs_in_follows_posts_and_reads_home_page_after_page(self, api, ada, grace):
        again = sdk.Banyan(api.url)
        again.log_in("ada@example.org", PASSWORD)
        follow_user.sync(user_id=id_of(grace), client=again.api)
        for number in range(5):
            publish_post.sync(client=grace.api, body=NewPost(text=f"post {number}"))

        until(lambda: len(list(again.items(get_home_timeline.sync, limit=2))) == 5)

        texts = [post.text for post in again.items(get_home_timeline.sync, limit=2)]
        assert texts == [f"post {number}" for number in (4, 3, 2, 1, 0)]
        [relation] = list_relationships.sync(client=again.api, ids=id_of(grace)).data
        assert relation.following
        again.close()

    def test_edits_what_it_saw(self, ada):
        seen = get_me.sync_detailed(client=ada.api).headers["ETag"]

        edited = edit_me.sync(client=ada.api, body=EditProfile(bio="Hello"), if_match=seen)

        assert edited.data.bio == "Hello"
        with pytest.raises(sdk.Stale) as refusal:
            edit_me.sync(client=ada.api, body=EditProfile(bio="Again"), if_match=seen)
        assert (refusal.value.status, refusal.value.code) == (412, "precondition_failed")

    def test_raises_what_the_api_refuses(self, api, ada):
        nobody = sdk.Banyan(api.url)
        with pytest.raises(sdk.Unauthorized):
            get_me.sync(client=nobody.api)
        with pytest.raises(sdk.NotFound) as absent:
            get_post.sync("12345", client=nobody.api)
        with pytest.raises(sdk.Invalid) as own:
            follow_user.sync(id_of(ada), client=ada.api)
        with pytest.raises(sdk.BadRequest) as blank:
            publish_post.sync(client=ada.api, body=NewPost(text=" "))

        assert (absent.value.code, own.value.code) == ("post_not_found", "cannot_follow_yourself")
        assert [(fault.place, fault.code) for fault in blank.value.faults] == [("/text", "text_blank")]
        assert blank.value.request_id
        nobody.close()

    def test_says_that_name_and_password_do_not_fit(self, api, ada):
        stranger = sdk.Banyan(api.url)

        with pytest.raises(sdk.Unauthorized):
            stranger.log_in("ada", "not her password")

        assert stranger.token is None
        stranger.close()

    def test_points_at_what_a_sign_up_lacks(self, api):
        stranger = sdk.Banyan(api.url)

        with pytest.raises(sdk.BadRequest) as refusal:
            stranger.sign_up("ada", "ada@example.org", "short")

        assert [(fault.place, fault.code) for fault in refusal.value.faults] == [
            ("/password", "password_too_short"),
            ("/password", "password_too_guessable"),
        ]
        stranger.close()

    def test_signs_up_once_with_one_key(self, api):
        """What the SDK sends again after a lost answer, sent by hand."""
        body = {"username": "vera", "email": "vera@example.org", "password": PASSWORD}
        path = f"{api.url}/auth/app/v1/auth/signup"

        answers = [httpx.post(path, json=body, headers={"Idempotency-Key": "one"}).json() for _ in range(2)]

        assert [answer["status"] for answer in answers] == [200, 200]
        assert len({answer["data"]["user"]["id"] for answer in answers}) == 1

    def test_does_once_what_it_sends_with_one_key(self, ada):
        both = [
            publish_post.sync(client=ada.api, body=NewPost(text="once"), idempotency_key="one")
            for _ in range(2)
        ]

        assert both[0] == both[1]
        until(lambda: has_profile(ada))
        assert [post.text for post in ada.items(list_user_posts.sync, user_id=id_of(ada))] == ["once"]


class TestAsyncBanyan:
    def test_does_the_same(self, api, ada):
        async def use(banyan: sdk.AsyncBanyan) -> list[str]:
            await banyan.log_in("ada", PASSWORD)
            for text in ("one", "two", "three"):
                await publish_post.asyncio(client=banyan.api, body=NewPost(text=text))
            me = await get_me.asyncio(client=banyan.api)
            listed = banyan.items(list_user_posts.asyncio, user_id=me.data.id, limit=2)
            texts = [post.text async for post in listed]
            with pytest.raises(sdk.NotFound):
                await get_user.asyncio("12345", client=banyan.api)
            return texts

        async def run() -> list[str]:
            banyan = sdk.AsyncBanyan(api.url)
            try:
                return await use(banyan)
            finally:
                await banyan.close()

        until(lambda: has_profile(ada))
        assert asyncio.run(run()) == ["three", "two", "one"]


class Stub(BaseHTTPRequestHandler):
    """Answers what it was told to, one after the other, and keeps what it was asked."""

    answers: list[tuple[int, dict[str, str], dict[str, Any]]] = []
    asked: list[str] = []

    def do_POST(self) -> None:
        self.asked.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, body = self.answers.pop(0)
        sent = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(sent))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def stub() -> Iterator[str]:
    Stub.answers, Stub.asked = [], []
    server = HTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class TestRetry:
    def test_repeats_with_one_key_what_fails_in_passing(self, stub):
        in_flight = {"code": "request_in_flight"}
        Stub.answers = [
            (503, {}, {}),
            (409, {}, in_flight),
            (429, {"Retry-After": "0"}, {}),
            (201, {}, example("publish_post", 201)),
        ]
        banyan = sdk.Banyan(stub, retry=sdk.Retry(first_wait=0.01))

        post = publish_post.sync(client=banyan.api, body=NewPost(text="Hello"))

        assert post.text == "Hello, forest"
        assert len(Stub.asked) == 4
        assert len(set(Stub.asked)) == 1
        banyan.close()

    def test_gives_up_in_the_end(self, stub):
        Stub.answers = [(503, {}, {"code": "unavailable"})] * 3
        banyan = sdk.Banyan(stub, retry=sdk.Retry(attempts=3, first_wait=0.01))

        with pytest.raises(sdk.Unavailable):
            publish_post.sync(client=banyan.api, body=NewPost(text="Hello"))

        assert len(Stub.asked) == 3
        banyan.close()

    def test_repeats_no_other_conflict_and_waits_no_minute(self, stub):
        banyan = sdk.Banyan(stub)
        Stub.answers = [(409, {}, {"code": "conflict"}), (429, {"Retry-After": "61"}, {})]

        with pytest.raises(sdk.Conflict):
            publish_post.sync(client=banyan.api, body=NewPost(text="Hello"))
        with pytest.raises(sdk.RateLimited) as refusal:
            publish_post.sync(client=banyan.api, body=NewPost(text="Hello"))

        assert (refusal.value.retry_after, len(Stub.asked)) == (61, 2)
        banyan.close()


class TestPackage:
    def test_installs_in_an_empty_folder_and_runs_its_readme(self, api, ada, tmp_path):
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(SDK)],
            check=True,
            capture_output=True,
        )
        [wheel] = tmp_path.glob("*.whl")
        uv = str(Path(sys.executable).with_name("uv"))
        python = str(tmp_path / "env" / "bin" / "python")
        made = [uv, "venv", "--quiet", "--no-config", "--python", sys.executable, str(tmp_path / "env")]
        subprocess.run(made, check=True, capture_output=True)
        installed = [uv, "pip", "install", "--quiet", "--no-config", "-p", python, str(wheel)]
        subprocess.run(installed, check=True, capture_output=True)
        publish_post.sync(client=ada.api, body=NewPost(text="Before"))
        until(lambda: len(list(ada.items(get_home_timeline.sync))) == 1)

        done = subprocess.run(
            [python, "-c", _readme().replace("http://localhost:8000", api.url)],
            cwd=tmp_path,
            env={name: text for name, text in os.environ.items() if name != "PYTHONPATH"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert {line.split(maxsplit=2)[2] for line in done.stdout.splitlines()} >= {"ada Before"}

    def test_is_strictly_typed(self):
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--explicit-package-bases", "banyan_client"],
            cwd=SDK,
            env={**os.environ, "MYPYPATH": str(SDK)},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stdout


def _readme() -> str:
    """Return the README's program; the demo's password is another than the tests'."""
    match = re.search(r"```python\n(.*?)```", Path(SDK, "README.md").read_text(), re.DOTALL)
    assert match is not None
    return match[1].replace("banyan-demo-2026", PASSWORD)
