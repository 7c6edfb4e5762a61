"""Heads that a strict server refuses, against the live one."""

from __future__ import annotations

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
        "target", ["http://evil.example/healthz", "http://@localhost/healthz", "evil:80"]
    )
    def test_is_that_of_the_target_too(self, url, target):
        assert ask(url, f"GET {target} HTTP/1.1", "Host: localhost")[0] == 400

    def test_may_stand_in_the_target(self, url):
        assert ask(url, "GET http://localhost/healthz HTTP/1.1", "Host: localhost")[0] == 200


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
