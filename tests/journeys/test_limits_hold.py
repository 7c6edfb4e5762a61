"""Limits over HTTP, on two workers of a real server."""

from __future__ import annotations

import re
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.accounts.services.accounts import create_account
from modules.kernel import clock
from tests.kit.client import PASSWORD, Client
from tests.kit.totp import code_of

pytestmark = pytest.mark.django_db

LOG_IN = "/auth/app/v1/auth/login"
SIGN_UP = "/auth/app/v1/auth/signup"


@pytest.fixture
def api(stack):
    return stack.run_api(BANYAN_LIMITS="on")


def statuses(calls) -> Counter[int]:
    with ThreadPoolExecutor(20) as pool:
        return Counter(pool.map(lambda call: call().status, calls))


def log_in(url: str, name: str, **headers: str):
    return Client(url).call("POST", LOG_IN, {"username": name, "password": "wrong and long"}, **headers)


class TestAttempts:
    def test_let_exactly_five_of_fifty_sign_up_from_one_address(self, api):
        def sign_up(number: int):
            body = {"username": f"user{number}", "email": f"user{number}@example.org", "password": PASSWORD}
            return lambda: Client(api.url).call("POST", SIGN_UP, body)

        assert statuses([sign_up(number) for number in range(50)])[429] == 45

    def test_let_exactly_five_of_fifty_try_one_name_from_one_address(self, api):
        assert statuses([lambda: log_in(api.url, "ada")] * 50)[429] == 45

    def test_say_when_to_come_back(self, api):
        for _ in range(5):
            log_in(api.url, "ada")

        refused = log_in(api.url, "ada")

        assert (refused.status, refused.body["code"]) == (429, "limit_reached")
        assert 50 < int(refused.headers["retry-after"]) <= 60
        assert "'log-in' is 5 in 300 seconds" in refused.body["detail"]

    @pytest.mark.parametrize(
        "header",
        ["X-Forwarded-For", "x-forwarded-for", "X_Forwarded_For", "Forwarded", "X-Real-IP", "True-Client-IP"],
    )
    def test_take_no_address_from_a_client(self, api, header):
        counted = Counter(_log_in_raw(api.url, header, f"203.0.113.{number}") for number in range(50))

        assert counted[429] == 45

    def test_hold_without_redis(self, api, stack):
        stack.stop_redis()

        refused = statuses([lambda: log_in(api.url, "ada")] * 50)[429]

        # Two processes with two of the five each.
        assert refused == 46


class TestPerson:
    """What is counted by whom it concerns, under parallel requests to two processes."""

    @pytest.fixture
    def ada(self, api) -> Client:
        # Not signed up over HTTP: an address that is not verified may have no second factor.
        create_account(username="ada", email="ada@example.org", password=PASSWORD, now=clock.now())
        ada = Client(api.url, username="ada").log_in()
        ada.call("POST", "/auth/app/v1/auth/reauthenticate", {"password": PASSWORD})
        return ada

    def test_has_a_second_factor_that_exactly_ten_of_forty_guess_at(self, ada):
        path = "/auth/app/v1/account/authenticators/totp"
        secret = ada.call("GET", path).body["meta"]["secret"]
        assert ada.call("POST", path, {"code": code_of(secret)}).status == 200
        half = [Client(ada.url, username="ada").log_in() for _ in range(4)]

        def guess(number: int):
            path = "/auth/app/v1/auth/2fa/authenticate"
            return lambda: half[number % 4].call("POST", path, {"code": "000000"})

        assert statuses([guess(number) for number in range(40)]) == {400: 10, 429: 30}

    def test_has_at_most_five_addresses_of_ten_that_are_added_at_once(self, ada):
        def add(number: int):
            body = {"email": f"ada{number}@example.org"}
            return lambda: ada.call("POST", "/auth/app/v1/account/email", body)

        assert statuses([add(number) for number in range(10)])[200] == 4
        assert len(ada.call("GET", "/auth/app/v1/account/email").body["data"]) == 5


class TestCallers:
    def test_learn_how_they_stand(self, api):
        caller = Client(api.url).sign_up("ada")

        first, second = (caller.call("GET", "/v1/me") for _ in range(2))

        assert first.headers["ratelimit-policy"] == '"read";q=1500;w=300'
        assert [_remaining(answer) for answer in (first, second)] == [1499, 1498]
        assert (
            caller.call("POST", "/v1/posts", {"text": " "}).headers["ratelimit"].startswith('"write";r=299;')
        )

    def test_do_not_use_up_the_share_of_others_at_their_address(self, api):
        caller = Client(api.url).sign_up("ada")
        stranger = Client(api.url)

        refused = statuses([lambda: stranger.call("GET", "/v1/users?ids=1")] * 400)[429]

        # A share of the anonymous limit comes back each second.
        assert 90 <= refused <= 100
        assert caller.call("GET", "/v1/me").status == 200

    def test_are_refused_unread_after_sixty_guesses_at_a_token(self, api):
        guesser = Client(api.url, token="nobody's")

        counted = statuses([lambda: guesser.call("GET", "/v1/me")] * 200)

        assert counted[401] == pytest.approx(60, abs=2)
        assert counted[401] + counted[429] == 200


def _remaining(answer) -> int:
    match = re.fullmatch(r'"read";r=(\d+);t=\d+', answer.headers["ratelimit"])
    assert match is not None
    return int(match[1])


def _log_in_raw(url: str, header: str, address: str) -> int:
    """Log in with a header exactly as spelled; `http.client` would do, but for underscores twice over."""
    host, _, port = url.removeprefix("http://").partition(":")
    body = b'{"username": "ada", "password": "wrong and long"}'
    head = (
        f"POST {LOG_IN} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"{header}: {address}\r\n{header}: for={address}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), 10) as wire:
        wire.sendall(head.encode() + body)
        return int(wire.makefile("rb").readline().split()[1])
