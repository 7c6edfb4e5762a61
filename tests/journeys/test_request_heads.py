"""Heads that a strict server refuses, against the live one."""

from __future__ import annotations

import socket

import pytest

from tests.journeys.raw import Wire

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(stack) -> str:
    return str(stack.run_api().url)


def ask(url: str, *lines: str) -> tuple[int, bool, bool]:
    """Return the status, whether the answer announces the end, and whether it comes."""
    with Wire(url) as wire:
        wire.send("\r\n".join([*lines, "", ""]).encode())
        answer = wire.read()
        return answer.status, answer.headers["connection"] == "close", answer.status != 400 or wire.is_over()


class TestHost:
    def test_has_to_be_named(self, url):
        assert ask(url, "GET /healthz HTTP/1.1") == (400, True, True)
        assert ask(url, "GET /healthz HTTP/1.0")[0] == 200

    @pytest.mark.parametrize(
        "target", ["http://evil.example/healthz", "http://@localhost/healthz", "evil:80", "/healthz#x"]
    )
    def test_is_that_of_the_target_too(self, url, target):
        assert ask(url, f"GET {target} HTTP/1.1", "Host: localhost")[0] == 400

    def test_may_stand_in_the_target(self, url):
        assert ask(url, "GET http://localhost/healthz HTTP/1.1", "Host: localhost")[0] == 200


class TestConnection:
    @pytest.mark.parametrize(
        "lines",
        [
            ["Connection: TE, close"],
            ["Connection: close ,TE"],
            ["Connection:,Close,"],
            ["Connection: keep-alive", "Connection: close"],
        ],
    )
    def test_ends_if_close_is_among_its_options(self, url, lines):
        with Wire(url) as wire:
            wire.send("\r\n".join(["GET /healthz HTTP/1.1", "Host: localhost", *lines, "", ""]).encode())

            answer = wire.read()

            assert (answer.status, answer.headers["connection"], wire.is_over()) == (200, "close", True)

    @pytest.mark.parametrize("option", ["TE", "keep-alive, TE", "closed", "x-close"])
    def test_goes_on_if_it_is_not(self, url, option):
        head = f"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: {option}\r\n\r\n".encode()
        with Wire(url) as wire:
            wire.send(head)
            first = wire.read()
            wire.send(head)

            assert [first.status, wire.read().status] == [200, 200]


class TestVersion:
    @pytest.mark.parametrize(
        ("asked", "answered"), [("1.0", "1.0"), ("1.1", "1.1"), ("1.2", "1.1"), ("1.9", "1.1")]
    )
    def test_is_answered_as_far_as_it_is_understood(self, url, asked, answered):
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), 10) as wire:
            wire.sendall(
                f"GET /healthz HTTP/{asked}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            )

            assert wire.makefile("rb").readline() == f"HTTP/{answered} 200 OK\r\n".encode()

    def test_that_is_later_waits_for_a_word_before_its_body_as_well(self, url):
        with Wire(url) as wire:
            wire.send(
                b"POST /v1/posts HTTP/1.2\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            )

            assert wire.read().status == 100
            wire.send(b"{}")
            assert wire.read().status == 401


class TestLength:
    @pytest.mark.parametrize(
        ("digits", "status"),
        [("0" * 4301 + "2", 400), ("0" * 4000 + "2", 401), ("0" * 4302, 400), ("2" * 4302, 400)],
        ids=lambda value: str(value)[-3:],
    )
    def test_of_any_number_of_digits_costs_no_other_connection(self, stack, digits, status):
        url = str(stack.run_api(BANYAN_WEB_WORKERS="1").url)
        with Wire(url) as other, Wire(url) as wire:
            other.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")

            wire.send(
                f"POST /v1/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: {digits}\r\n\r\n{{}}".encode()
            )

            assert wire.read().status == status
            other.send(b"\r\n")
            assert other.read().status == 200


class TestExpectation:
    def test_that_stands_twice_is_not_waited_for_and_ends_the_connection(self, url):
        lines = ["Host: localhost", "Content-Type: application/json", "Content-Length: 13"]

        told = ask(url, "POST /v1/posts HTTP/1.1", *lines, *["Expect: 100-continue"] * 2)

        assert told[1:] == (True, True)


class TestContentType:
    @pytest.mark.parametrize("path", ["/healthz", "/v1/posts", "/identity/login", "/docs"])
    def test_that_django_would_fail_on_is_refused_like_anything_else(self, url, path):
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: a; a*=q''b", "", ""]
        with Wire(url) as wire:
            wire.send("\r\n".join(lines).encode())
            answer = wire.read()

        assert (answer.status, answer.body["code"]) == (415, "media_type_unsupported")
        assert answer.body["request_id"] == answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
