"""Bodies on kept connections, of known length or in chunks, against the live server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from modules.accounts.public import issue_session_token
from modules.kernel import clock
from tests.journeys.raw import Wire, head, in_chunks
from tests.kit.callers import make_world

LIMIT = 262_144
LIMIT_OF_SIGN_IN = 32_768
LOG_IN = "/auth/app/v1/auth/login"
TOKEN = "/identity/o/api/token"
FORM = "application/x-www-form-urlencoded"
# What would be seen if bytes of a body were ever taken for a request.
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server(machines_of_module, wiper, django_db_setup, django_db_blocker) -> Iterator[tuple[str, str]]:
    """One process, so that every connection meets the same."""
    with django_db_blocker.unblock():
        token = issue_session_token(make_world().owner.id, now=clock.now())
        yield (
            machines_of_module.run_api(
                BANYAN_WEB_WORKERS="1", BANYAN_CORS_ORIGINS="https://app.example.org"
            ).url,
            token,
        )
        wiper.wipe()


@pytest.fixture
def wire(server) -> Iterator[Wire]:
    with Wire(server[0]) as wire:
        yield wire


REFUSED = {
    "nobody": ("POST", "/v1/posts", {}, 401),
    "a bad token": ("POST", "/v1/posts", {"x_session_token": "x"}, 401),
    "nothing there": ("POST", "/v1/nothing", {}, 404),
    "no such method": ("PATCH", "/v1/posts", {}, 405),
    "another host": ("POST", "/v1/posts", {"host": "evil.example"}, 400),
    "a GET": ("GET", "/v1/users?ids=1", {}, 200),
    "a HEAD": ("HEAD", "/v1/users?ids=1", {}, 200),
    "an OPTIONS": ("OPTIONS", "/v1/posts", {}, 204),
    "a preflight": (
        "OPTIONS",
        "/v1/posts",
        {"origin": "https://app.example.org", "access_control_request_method": "POST"},
        204,
    ),
    "a health check": ("GET", "/healthz", {}, 200),
    "a login by GET": ("GET", LOG_IN, {}, 405),
    "the front page of nobody": ("DELETE", "/", {}, 405),
    "a token without a client": ("POST", TOKEN, {"content_type": FORM}, 400),
}


class TestABodyThatNobodyReads:
    @pytest.mark.parametrize("size", [10, 70_000, LIMIT])
    @pytest.mark.parametrize("name", REFUSED)
    def test_is_read_to_its_end_and_the_connection_goes_on(self, wire, name, size):
        method, path, headers, status = REFUSED[name]
        body = (SMUGGLED * (size // len(SMUGGLED) + 1))[:size]

        answer = wire.ask(method, path, body, **headers)
        following = wire.ask("GET", "/healthz")

        is_too_long = path in (LOG_IN, TOKEN) and size > LIMIT_OF_SIGN_IN
        assert (answer.status, answer.says_close) == (413 if is_too_long else status, False)
        assert (following.status, following.body) == (200, {"status": "ok"})

    @pytest.mark.parametrize("name", REFUSED)
    def test_in_chunks_is_as_well(self, wire, name):
        method, path, headers, status = REFUSED[name]

        wire.send(head(method, path, transfer_encoding="chunked", **headers) + in_chunks(SMUGGLED * 100, 999))
        answer = wire.read(method)
        following = wire.ask("GET", "/healthz")

        assert (answer.status, answer.says_close) == (status, False)
        assert (following.status, following.body) == (200, {"status": "ok"})

    @pytest.mark.parametrize("name", [name for name in REFUSED if name != "another host"])
    def test_beyond_the_limit_is_refused_and_the_connection_closed_openly(self, wire, name):
        method, path, headers, _ = REFUSED[name]

        answer = wire.ask(method, path, b"x" * (LIMIT + 1), **headers)

        assert (answer.status, answer.says_close) == (413, True)
        assert wire.is_over()

    def test_of_megabytes_is_refused_to_a_client_that_sends_them_all_first(self, wire):
        answer = wire.ask("POST", "/v1/posts", b"x" * 4_000_000)

        assert (answer.status, answer.body["code"], answer.says_close) == (413, "body_too_large", True)
        assert wire.is_over()

    def test_without_an_end_is_refused_while_it_comes(self, wire):
        wire.send(head("POST", LOG_IN, content_length="900000000000") + b"x" * 1000)

        answer = wire.read()

        assert (answer.status, answer.body["code"], answer.says_close) == (413, "body_too_large", True)


class TestAChunkedBody:
    def test_publishes_a_post_as_any_other_does(self, server, wire):
        text = json.dumps({"text": "in chunks"}).encode()
        headers = {"x_session_token": server[1], "idempotency_key": "chunks"}

        wire.send(head("POST", "/v1/posts", transfer_encoding="chunked", **headers) + in_chunks(text, 1))
        chunked = wire.read()
        again = wire.ask("POST", "/v1/posts", text, **headers)

        assert (chunked.status, chunked.body["text"]) == (201, "in chunks")
        assert (again.body, again.headers["idempotency-replayed"]) == (chunked.body, "true")

    def test_logs_in_under_auth(self, wire):
        wire.ask(
            "POST",
            "/auth/app/v1/auth/signup",
            b'{"username": "chunky", "email": "chunky@example.org", "password": "correct horse battery"}',
        )
        body = b'{"username": "chunky", "password": "correct horse battery"}'

        wire.send(head("POST", LOG_IN, transfer_encoding="Chunked") + in_chunks(body, 7))
        answer = wire.read()

        assert (answer.status, answer.body["meta"]["is_authenticated"]) == (200, True)

    def test_of_a_form_is_read(self, wire):
        headers = {"content_type": FORM, "transfer_encoding": "chunked"}

        form = b"grant_type=client_credentials&client_id=nobody&client_secret=x"
        wire.send(head("POST", TOKEN, **headers) + in_chunks(form, 5))
        chunked = wire.read()
        plain = wire.ask("POST", TOKEN, form, content_type=FORM)

        assert (chunked.status, chunked.body["error"]) == (401, "invalid_client")
        assert (plain.status, plain.body) == (chunked.status, chunked.body)

    @pytest.mark.parametrize("path", [TOKEN, "/identity/login"])
    def test_of_a_form_in_parts_is_refused(self, wire, path):
        answer = wire.ask("POST", path, b"--x--", content_type="multipart/form-data; boundary=x")

        assert (answer.status, answer.body["code"]) == (400, "bad_request")

    def test_at_the_limit_is_taken_and_beyond_it_refused(self, server, wire):
        text = json.dumps({"text": "long"}).encode()
        headers = {"x_session_token": server[1], "transfer_encoding": "chunked"}

        wire.send(head("POST", "/v1/posts", **headers) + in_chunks(text.ljust(LIMIT), 4096))
        taken = wire.read()
        wire.send(head("POST", "/v1/posts", **headers) + in_chunks(text.ljust(LIMIT + 1), 4096))
        refused = wire.read()

        assert (taken.status, taken.says_close) == (201, False)
        assert (refused.status, refused.body["code"], refused.says_close) == (413, "body_too_large", True)
        assert wire.is_over()

    @pytest.mark.parametrize(
        "body",
        [
            b'c;name=value;other="x;y"\r\n{"text": "a"\r\n1\r\n}\r\n0\r\n\r\n',
            b'D\r\n{"text": "a"}\r\n00\r\nX-Checksum: 1\r\nX-Other: 2\r\n\r\n',
        ],
        ids=["extensions", "trailers"],
    )
    def test_with_what_else_may_stand_in_it_is_read(self, server, wire, body):
        headers = {"x_session_token": server[1], "transfer_encoding": "chunked"}

        wire.send(head("POST", "/v1/posts", **headers) + body)

        assert wire.read().status == 201
        assert wire.ask("GET", "/healthz").status == 200

    @pytest.mark.parametrize("path", ["/v1/posts", LOG_IN, TOKEN])
    @pytest.mark.parametrize(
        "body",
        [
            *(b"ZZ\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n", b"+2\r\n{}\r\n0\r\n\r\n"),
            *(b"0x2\r\n{}\r\n0\r\n\r\n", b"\r\n{}\r\n0\r\n\r\n", b"2\n{}\n0\n\n", b"2 2\r\n{}\r\n0\r\n\r\n"),
            *(b"2\r\n{}XX0\r\n\r\n", b"1\r\n{}\r\n0\r\n\r\n", b"2\r\n{}\r\n0\r\nHost: evil\r\n\r\n"),
            *(b"2;\x00\r\n{}\r\n0\r\n\r\n", b"2;" + b"x" * 9000 + b"\r\n{}\r\n0\r\n\r\n"),
        ],
    )
    def test_that_is_broken_is_refused_and_nothing_follows(self, wire, path, body):
        wire.send(head("POST", path, transfer_encoding="chunked") + body + SMUGGLED)

        answer = wire.read()

        assert (answer.status, answer.body["code"], answer.says_close) == (400, "bad_request", True)
        assert wire.is_over()

    @pytest.mark.parametrize("path", ["/v1/posts", LOG_IN, TOKEN])
    @pytest.mark.parametrize("body", [b"", b"2\r\n{", b"2\r\n{}", b"2\r\n{}\r\n", b"2\r\n{}\r\n0\r\n"])
    def test_that_was_cut_off_is_refused(self, wire, path, body):
        wire.send(head("POST", path, transfer_encoding="chunked") + body)
        wire.end()

        answer = wire.read()

        assert (answer.status, answer.body["errors"][0]["code"]) == (400, "body_incomplete")
        assert wire.is_over()

    def test_cut_off_by_its_length_is_refused_everywhere(self, wire):
        body = b'{"username": "chunky", "password": "correct horse battery"}'

        wire.send(head("POST", LOG_IN, content_length="500") + body)
        wire.end()
        answer = wire.read()

        assert (answer.status, answer.body["errors"][0]["code"]) == (400, "body_incomplete")
        assert wire.is_over()

    @pytest.mark.parametrize(
        "headers",
        [
            {"transfer_encoding": "gzip, chunked"},
            {"transfer_encoding": "gzip"},
            {"transfer_encoding": "identity, chunked"},
            {"transfer_encoding": "chunked, chunked"},
            {"transfer_encoding": "chunked", "content_length": "2"},
            {"transfer_encoding": "xchunked"},
        ],
    )
    def test_in_another_coding_or_with_a_length_is_refused(self, wire, headers):
        wire.send(head("POST", LOG_IN, **headers) + b"2\r\n{}\r\n0\r\n\r\n" + SMUGGLED)

        answer = wire.read()

        assert (answer.status, answer.says_close) == (400, True)
        assert wire.is_over()


class TestAPause:
    """A client that waits for a word before it sends its body."""

    @pytest.mark.parametrize("framing", [{"content_length": "2"}, {"transfer_encoding": "chunked"}])
    def test_is_ended_by_a_word(self, wire, framing):
        wire.send(head("POST", LOG_IN, expect="100-continue", **framing))
        word = b""
        while not word.endswith(b"\r\n\r\n"):
            word += wire.take(1)
        wire.send(b"{}" if "content_length" in framing else in_chunks(b"{}", 2))
        answer = wire.read()

        assert word == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert (answer.status, answer.says_close) == (400, False)

    def test_is_ended_by_the_refusal_of_what_is_too_long(self, wire):
        wire.send(head("POST", LOG_IN, expect="100-continue", content_length=str(LIMIT + 1)))

        answer = wire.read()

        assert (answer.status, answer.says_close) == (413, True)
        assert wire.is_over()

    def test_for_something_else_is_refused_at_once(self, wire):
        wire.send(head("POST", LOG_IN, expect="a-miracle", content_length="2"))

        assert wire.read().status == 417


class TestRequestsInARow:
    def test_are_answered_one_by_one(self, wire):
        plain = head("POST", LOG_IN, content_length="2") + b"{}"
        chunked = head("POST", LOG_IN, transfer_encoding="chunked") + in_chunks(b"{}", 1)
        asked = head("GET", "/healthz")

        wire.send((plain + chunked + asked) * 20)
        statuses = [wire.read().status for _ in range(60)]

        assert statuses == [400, 400, 200] * 20

    def test_that_come_byte_by_byte_are_understood(self, wire):
        row = head("POST", LOG_IN, transfer_encoding="chunked") + in_chunks(b"{}", 1) + b"\r\n"
        row += head("POST", LOG_IN, content_length="2") + b"{}"

        for at in range(len(row)):
            wire.send(row[at : at + 1])

        assert [wire.read().status, wire.read().status] == [400, 400]

    def test_end_when_the_client_says_so(self, wire):
        wire.send(head("GET", "/healthz", connection="close") + SMUGGLED)

        answer = wire.read()

        assert (answer.status, answer.says_close) == (200, True)
        assert wire.is_over()
