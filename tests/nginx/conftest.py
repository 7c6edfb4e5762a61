"""nginx before a stub that says what it was asked, and before a real API."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest

from modules.media.storages.server import MediaServer
from modules.media.storages.signing import Signer
from tests.kit.proxy import Proxy, start
from tests.kit.stub import Stub, answering
from tests.kit.tls import Authority

MEDIA_SECRET = "k" * 40


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Front:
    """A proxy, and what stands behind it in place of the API and of the realtime process."""

    proxy: Proxy
    api: Stub
    realtime: Stub
    # What a GET and a POST, sent before the first test to an API that is silent, are answered.
    unanswered: list[Future[httpx.Response]]


@pytest.fixture(scope="module")
def front_of_module(tmp_path_factory) -> Iterator[Front]:
    home = tmp_path_factory.mktemp("nginx")
    host = Authority(home).issue("localhost")
    application = MediaServer(home / "etc" / "media", Signer([MEDIA_SECRET]), accel="/media-of-api")
    silent = socket.create_server(("127.0.0.1", 0))
    with (
        answering() as api,
        answering() as realtime,
        silent,
        ThreadPoolExecutor() as threads,
        make_server("127.0.0.1", 0, application, handler_class=Quiet) as media,
    ):
        threading.Thread(target=media.serve_forever, daemon=True).start()
        ports = [int(stub.url.rpartition(":")[2]) for stub in (api, realtime)]
        proxy = start(
            home / "etc",
            api=ports[0],
            realtime=ports[1],
            media=media.server_port,
            silent=silent.getsockname()[1],
            certificate=host,
            trusted=home / "authority.pem",
        )
        yield Front(
            proxy, api, realtime, [threads.submit(_ask_the_silent, proxy, each) for each in ("GET", "POST")]
        )
        proxy.process.stop()
        media.shutdown()


def _ask_the_silent(proxy: Proxy, method: str) -> httpx.Response:
    with httpx.Client(base_url=proxy.url, verify=proxy.trust, timeout=40) as client:
        return client.request(method, "/v1/posts", headers={"X-Test": "silent"}, content=b"")


@pytest.fixture
def front(front_of_module: Front) -> Front:
    """The same for all tests of a module; each says anew what the stubs answer."""
    for stub in (front_of_module.api, front_of_module.realtime):
        stub.asked.clear()
        stub.decide = lambda asked: (200, {}, {"asked": asked.path})
    return front_of_module
