"""Six hundred clients that stall: everybody else is answered as if they were not there."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import psutil
import pytest

from tests.kit.proxy import Proxy, start
from tests.kit.tls import Authority

EACH, SECONDS, ORDINARY, AT_MOST = 200, 15.0, 100, 1.0
LARGE = "/docs/assets/swagger-ui.css"
HEAD = b" HTTP/1.1\r\nHost: localhost\r\n"
# What a client of each kind begins with, and sends a piece of each second.
KINDS = {
    "slow headers": (b"GET /healthz" + HEAD, b"X-Slow: 1\r\n"),
    "slow bodies": (b"POST /auth/app/v1/auth/login" + HEAD + b"Content-Length: 1000\r\n\r\n", b" "),
    "slow reads": (b"GET " + LARGE.encode() + HEAD + b"\r\n", b""),
}


@pytest.fixture
def proxy(stack, tmp_path) -> Iterator[Proxy]:
    api = stack.run_api(BANYAN_TRUSTED_PROXIES="1")
    port = int(api.url.rpartition(":")[2])
    host = Authority(tmp_path).issue("localhost")
    trusted = tmp_path / "authority.pem"
    proxy = start(tmp_path / "etc", api=port, realtime=port, certificate=host, trusted=trusted)
    yield proxy
    proxy.process.stop()


class Slow:
    """A client that sends or takes next to nothing."""

    def __init__(self, proxy: Proxy, kind: str, number: int) -> None:
        begins, self.piece = KINDS[kind]
        self.kind = kind
        plain = socket.socket()
        # From twenty addresses, so that none has too many connections.
        plain.bind((f"127.0.1.{1 + number % 20}", 0))
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", proxy.tls))
        self.socket = proxy.trust.wrap_socket(plain, server_hostname="localhost")
        self.socket.sendall(begins)
        self.socket.setblocking(False)

    def go_on(self) -> bool:
        """Send a piece, or take a hundred bytes; return whether the server still holds the connection."""
        try:
            if self.piece:
                self.socket.send(self.piece)
                return not _has_ended(self.socket)
            return self.socket.recv(100) != b""
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return True
        except OSError:
            return False


def _has_ended(tls: ssl.SSLSocket) -> bool:
    with suppress(BlockingIOError, ssl.SSLWantReadError):
        return tls.recv(1) == b""
    return False


@contextmanager
def stalling(proxy: Proxy) -> Iterator[list[Slow]]:
    """Have them all stall at once, for as long as the block lasts."""
    clients = [Slow(proxy, kind, number) for kind in KINDS for number in range(EACH)]
    is_over = threading.Event()

    def drip() -> None:
        while not is_over.wait(1):
            for client in clients:
                client.go_on()

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield clients
    finally:
        is_over.set()
        thread.join()
        for client in clients:
            client.socket.close()


@pytest.fixture
def first_in_line(proxy) -> Iterator[None]:
    """Have this test and its servers go before what else this machine does: they alone are the subject."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    before = {process: process.nice() for process in family}
    with suppress(psutil.AccessDenied):  # a plain user has to wait their turn
        for process in family:
            process.nice(-15)
    yield
    for process, nice in before.items():
        with suppress(psutil.Error):
            process.nice(nice)


@pytest.mark.django_db
@pytest.mark.usefixtures("first_in_line")
def test_slow_clients_keep_nobody_from_an_answer(proxy):
    with stalling(proxy) as slow:
        began, answers = time.monotonic(), []
        for number in range(ORDINARY):
            time.sleep(max(0.0, began + number * SECONDS / ORDINARY - time.monotonic()))
            answers.append(_ask(proxy, "/healthz" if number % 2 else "/v1"))
        held = {kind: sum(one.kind == kind and one.go_on() for one in slow) for kind in KINDS}

    assert [status for status, _ in answers] == [200] * ORDINARY
    assert [seconds for _, seconds in answers if seconds >= AT_MOST] == []
    # They were there all the time. Only a head has to end: 10 s after it began.
    assert held == {"slow headers": 0, "slow bodies": EACH, "slow reads": EACH}


def _ask(proxy: Proxy, path: str) -> tuple[int, float]:
    """Ask on a connection of its own; return the status and the seconds."""
    began = time.monotonic()
    with httpx.Client(base_url=proxy.url, verify=proxy.trust, timeout=10) as client:
        return client.get(path).status_code, time.monotonic() - began
