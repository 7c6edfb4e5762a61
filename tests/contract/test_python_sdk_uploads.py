"""Uploads by the Python SDK, against a storage and an API that answer what none can be made to."""

from __future__ import annotations

import asyncio
import io
import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.embedded.layout import ROOT
from tests.contract.examples import example
from tests.kit.stub import LOST, CannedResponse, Stub, answering

sys.path.insert(0, str(ROOT / "openapi" / "sdk" / "python"))

import banyan_client as sdk

PHOTO = b"\xff\xd8\xff" + b"y" * 200_000
STORED: CannedResponse = (204, {}, b"")
EXPIRED: CannedResponse = (
    403,
    {},
    b"<Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message>",
)
CREATE, SEND, COMPLETE = "POST /v1/media", "POST /storage", "PUT /v1/media/7/upload-status"
QUICK = sdk.Retry(attempts=5, first_wait=0.01)


class Stream(io.BytesIO):
    """What can be read once, as a socket."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


@pytest.fixture
def stub() -> Iterator[Stub]:
    with answering() as stub:
        yield stub


@pytest.fixture
def banyan(stub) -> Iterator[sdk.Banyan]:
    banyan = sdk.Banyan(stub.url, token="secret-token", retry=QUICK)
    yield banyan
    banyan.close()


def form(stub: Stub, seconds: int = 900) -> CannedResponse:
    """Return the answer that gives a form, which holds for so long."""
    began = datetime(2026, 11, 27, 8, tzinfo=UTC)
    upload = {
        "method": "POST",
        "url": f"{stub.url}/storage",
        "fields": {"key": "incoming/7", "policy": "p"},
        "expires_at": (began + timedelta(seconds=seconds)).isoformat(),
    }
    return (
        201,
        {},
        {**example("create_media", 201), "id": "7", "created_at": began.isoformat(), "upload": upload},
    )


def state(name: str, status: int = 200, **more: Any) -> CannedResponse:
    return status, {}, {**example("get_media"), "id": "7", "state": name, **more}


def test_sends_the_form_and_then_the_file_with_progress_and_without_credentials(stub, banyan, tmp_path):
    stub.answers = [form(stub), STORED, state("processing", 202)]
    (tmp_path / "oak").write_bytes(PHOTO)
    heard: list[tuple[int, int]] = []

    media = banyan.upload(
        tmp_path / "oak", alt="An oak", focus=(0.5, 0.25), on_progress=lambda *told: heard.append(told)
    )

    assert (media.id, media.state) == ("7", "processing")
    assert stub.calls == [CREATE, SEND, COMPLETE]
    created, sent, _ = stub.asked
    said = {"purpose": "post", "alt": "An oak", "focus": {"x": 0.5, "y": 0.25}}
    assert json.loads(created.body) == {"type": "image/jpeg", "bytes": len(PHOTO), **said}
    assert not {"authorization", "idempotency-key", "transfer-encoding"} & sent.headers.keys()
    fields = rb'--(\w+)\r\n[^\r]*name="key"\r\n\r\nincoming/7\r\n--\1\r\n[^\r]*name="policy"\r\n\r\np\r\n'
    file = rb'--\1\r\n[^\r]*name="file"; filename="file"\r\n\r\n(.*)\r\n--\1--\r\n'
    match = re.fullmatch(fields + file, sent.body, re.DOTALL)
    assert match is not None
    assert match[2] == PHOTO
    assert heard == [(at, len(PHOTO)) for at in (0, 65_536, 131_072, 196_608, len(PHOTO))]


@pytest.mark.parametrize("kind", ["bytes", "open", "stream"])
def test_sends_the_whole_again_after_what_passes(stub, banyan, kind):
    stub.answers = [form(stub), (429, {"Retry-After": "0"}, b""), LOST, (500, {}, b""), STORED]
    stub.answers.append(state("processing", 202))
    opened = io.BytesIO(b"before" + PHOTO)
    opened.seek(6)
    file = {"bytes": PHOTO, "open": opened, "stream": Stream(PHOTO)}[kind]

    banyan.upload(file)

    assert stub.calls == [CREATE, SEND, SEND, SEND, SEND, COMPLETE]
    sent = [asked.body for asked in stub.asked if asked.path == "/storage"]
    assert (len(set(sent)), sent[0].count(PHOTO)) == (1, 1)


def test_asks_for_another_form_when_the_time_of_one_is_over(stub, banyan):
    stub.answers = [form(stub), EXPIRED, form(stub), STORED, state("processing", 202)]
    stub.answers += [form(stub, seconds=5), form(stub), STORED, state("processing", 202)]

    banyan.upload(PHOTO)
    banyan.upload(PHOTO)

    assert stub.calls == [CREATE, SEND, CREATE, SEND, COMPLETE, CREATE, CREATE, SEND, COMPLETE]
    assert stub.asked[0].headers["idempotency-key"] != stub.asked[2].headers["idempotency-key"]


def at(pointer: str) -> dict[str, Any]:
    return {"errors": [{"pointer": pointer, "code": "x", "detail": "Too much."}]}


FAILED = state("failed", reason="too_many_pixels")
DOWN: CannedResponse = (503, {}, b"<Code>SlowDown</Code>")


@pytest.mark.parametrize(
    ("kind", "code", "answers"),
    [
        (sdk.FileTooLarge, "media_too_large", [(422, {}, {"code": "media_too_large", **at("/bytes")})]),
        (sdk.UnsupportedFile, "unsupported_type", [(400, {}, {"code": "bad_request", **at("/type")})]),
        (sdk.RateLimited, "limit_reached", [(429, {"Retry-After": "99"}, {"code": "limit_reached"})]),
        (sdk.FileTooLarge, "EntityTooLarge", ["form", (400, {}, b"EntityTooLarge\n")]),
        (sdk.StorageRefused, "AccessDenied", ["form", (403, {}, b"<Code>AccessDenied</Code>")]),
        (sdk.StorageRefused, "307", ["form", (307, {"Location": "http://localhost:1/"}, b"")]),
        (sdk.StorageUnavailable, "SlowDown", ["form", *[DOWN] * 5]),
        (sdk.StorageUnavailable, "no_answer", ["form", *[LOST] * 5]),
        (sdk.ProcessingFailed, "too_many_pixels", ["form", STORED, state("processing", 202), FAILED]),
    ],
)
def test_raises_by_its_kind_what_keeps_a_file_from_being_shown(stub, banyan, kind, code, answers):
    stub.answers = [form(stub) if answer == "form" else answer for answer in answers]

    with pytest.raises(kind) as refusal:
        banyan.upload(PHOTO, ready_within=9)

    assert (refusal.value.code, stub.answers, len(stub.asked)) == (code, [], len(answers))


@pytest.mark.parametrize("beginning", [b"", b"\x00\x00\x00\x18ftypheic", b"<svg"])
def test_asks_nobody_about_what_is_no_image_and_no_video(stub, banyan, beginning):
    with pytest.raises(sdk.UnsupportedFile):
        banyan.upload(beginning)

    assert stub.asked == []


def test_waits_no_longer_than_it_was_told(stub, banyan):
    stub.answers = [form(stub), STORED, state("processing", 202), *[state("processing")] * 9]

    with pytest.raises(sdk.ProcessingTimeout):
        banyan.upload(PHOTO, ready_within=0.3)


def test_stops_when_the_caller_calls_it_off(stub, banyan):
    cancel = threading.Event()
    stub.answers = [form(stub), (503, {"Retry-After": "9"}, b"")]

    def on_progress(sent: int, total: int) -> None:
        if sent == total:
            cancel.set()

    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(sdk.UploadCancelled):
            banyan.upload(PHOTO, on_progress=on_progress, cancel=cancel)

    assert stub.calls == [CREATE, SEND]
    assert time.monotonic() - began < 8  # the storage has asked for nine seconds


def test_lets_out_that_the_file_became_shorter(stub, banyan, tmp_path):
    (tmp_path / "oak").write_bytes(PHOTO)
    stub.answers = [form(stub), STORED]

    def truncate(sent: int, total: int) -> None:
        (tmp_path / "oak").write_bytes(PHOTO[:5])

    with pytest.raises(OSError, match="changed while it was sent"):
        banyan.upload(tmp_path / "oak", on_progress=truncate)


def test_does_the_same_for_asyncio_and_ends_with_its_task(stub):
    stub.answers = [form(stub), DOWN, STORED, state("processing", 202), state("ready")]
    heard: list[int] = []

    async def run() -> Any:
        banyan = sdk.AsyncBanyan(stub.url, token="secret-token", retry=QUICK)
        try:
            media = await banyan.upload(
                io.BytesIO(PHOTO), ready_within=9, on_progress=lambda sent, total: heard.append(sent)
            )
            stub.answers = [form(stub), (503, {"Retry-After": "9"}, b"")]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(banyan.upload(PHOTO), 0.5)
            return media
        finally:
            await banyan.close()

    media = asyncio.run(run())

    assert media.state == "ready"
    assert stub.calls[:5] == [CREATE, SEND, SEND, COMPLETE, "GET /v1/media/7"]
    assert (stub.calls[5:], heard[-1], heard.count(0)) == ([CREATE, SEND], len(PHOTO), 2)
