"""What clients get wrong, by mistake or on purpose, against the live server: a 4xx that points at it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from modules.accounts.public import issue_session_token
from modules.kernel import clock
from tests.kit.callers import make_world
from tests.kit.http import Response, named
from tests.kit.requests import BODIES, Route, routes

JSON = "application/json"
OPERATIONS = {route.id: route for route in routes()}
WITH_BODY = sorted(id for id, route in OPERATIONS.items() if route.operation.body)
LISTS = sorted(id for id, route in OPERATIONS.items() if route.operation.paging_name)


@dataclass(frozen=True)
class Live:
    """A server, somebody with a session there, and what is theirs."""

    host: str
    port: int
    token: str
    names: dict[str, str]

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Response:
        """Send one request as the owner."""
        sent = {"X-Session-Token": self.token}
        if method == "PATCH":
            sent["If-Match"] = "*"
        if body is not None:
            sent |= {"Content-Type": JSON, "Content-Length": str(len(body))}
        sent |= named(headers)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in sent.items()]
        return self.raw("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))

    def raw(self, request: bytes) -> Response:
        """Send bytes, and read until the server closes or is done."""
        with socket.create_connection((self.host, self.port), timeout=20) as connection:
            connection.sendall(request)
            response = http.client.HTTPResponse(
                connection, method=request.split(b" ", 1)[0].decode("latin-1")
            )
            response.begin()
            content = response.read()
        kept = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, json.loads(content) if content else None, kept)

    def url(self, route: Route) -> str:
        return route.url(self.names)


@pytest.fixture(scope="module")
def live(machines_of_module, wiper, django_db_setup, django_db_blocker) -> Iterator[Live]:
    with django_db_blocker.unblock():
        world = make_world()
        token = issue_session_token(world.owner.id, now=clock.now())
        place = urlsplit(machines_of_module.run_api().url)
        yield Live(place.hostname or "", place.port or 0, token, world.names())
        wiper.wipe()


def is_problem(answer: Response) -> bool:
    return answer.headers["content-type"] == "application/problem+json" and bool(answer.body["code"])


def with_field(id: str, name: str, value: str) -> bytes:
    """Return an operation's body with one more field, its value as written."""
    return json.dumps(BODIES[id])[:-1].encode() + f', "{name}": {value}}}'.encode()


BROKEN = {
    "empty": b"",
    "a list": b"[]",
    "a string": b'"x"',
    "null": b"null",
    "half of it": b'{"a":',
    "two of it": b"{}{}",
    "UTF-16": "{}".encode("utf-16"),
    "invalid UTF-8": b'{"text": "\xff"}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces": b'{"a":' * 40_000,
    "a repeated key": b'{"text": "a", "text": "b", "name": "a", "name": "b"}',
    "a NUL in a key": b'{"\\u0000": 1}',
    "5,000 digits": b'{"text": %s}' % (b"9" * 5000),
    "1e400": b'{"text": 1e400}',
    "a lone surrogate": b'{"text": "\\ud800"}',
}


class TestABody:
    @pytest.mark.parametrize("name", BROKEN)
    @pytest.mark.parametrize("id", WITH_BODY)
    def test_that_is_broken_is_refused_by_every_operation(self, live, id, name):
        route = OPERATIONS[id]
        if name == "empty" and route.operation.spec.body_optional:
            return

        answer = live.send(route.method, live.url(route), BROKEN[name])

        assert (answer.status, is_problem(answer), len(answer.pointers)) == (400, True, 1), answer.body

    @pytest.mark.parametrize("name", ["author_id", "shard_id", "created_at", "like_count", "__class__"])
    @pytest.mark.parametrize("id", WITH_BODY)
    def test_with_a_field_of_nobody_s_is_refused_by_every_operation(self, live, id, name):
        route = OPERATIONS[id]

        answer = live.send(route.method, live.url(route), with_field(id, name, '"1"'))

        assert (answer.status, answer.pointers) == (400, [f"/{name}"]), answer.body

    @pytest.mark.parametrize(
        ("headers", "status", "code"),
        [
            ({"Content_Type": "text/plain"}, 415, "media_type_unsupported"),
            ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "media_type_unsupported"),
            ({"Content_Type": "multipart/form-data; boundary=x"}, 415, "media_type_unsupported"),
            ({"Content_Type": "application/json; charset=bogus"}, 415, "media_type_unsupported"),
            ({"Content_Type": "application/json; charset=utf-16"}, 415, "media_type_unsupported"),
            ({"Content_Encoding": "gzip"}, 415, "media_type_unsupported"),
            ({"Content_Encoding": "br"}, 415, "media_type_unsupported"),
        ],
    )
    @pytest.mark.parametrize("id", WITH_BODY)
    def test_of_another_kind_is_refused_by_every_operation(self, live, id, headers, status, code):
        route = OPERATIONS[id]

        answer = live.send(route.method, live.url(route), json.dumps(BODIES[id]).encode(), **headers)

        assert (answer.status, answer.body["code"]) == (status, code)

    def test_beyond_the_limit_is_refused(self, live):
        answer = live.send("POST", "/v1/posts", b'{"text": "%s"}' % (b"x" * 300_000))

        assert (answer.status, answer.body["code"]) == (413, "body_too_large")

    @pytest.mark.parametrize(
        ("value", "pointer"),
        [
            ('"\\u0000"', "/custom/deep/0"),
            ('"\\ud800"', "/custom/deep/0"),
            ("9007199254740993", "/custom/deep/0"),
            ("NaN", "/custom/deep/0"),
            ("[" * 40 + "]" * 40, ""),
        ],
    )
    def test_of_free_json_is_held_to_the_same(self, live, value, pointer):
        answer = live.send("PATCH", "/v1/me", b'{"custom": {"deep": [%s]}}' % value.encode())

        assert (answer.status, answer.pointers) == (400, [pointer])

    @pytest.mark.parametrize(
        "text", ["  \n ", "\u200b\u2060", "a\u202eb", "a\x07b", "\U000e0041", "e" + "\u0301" * 10_000]
    )
    def test_of_text_that_nobody_can_read_is_refused(self, live, text):
        answer = live.send("POST", "/v1/posts", json.dumps({"text": text}).encode())

        assert (answer.status, answer.pointers) == (400, ["/text"])


class TestAQuery:
    @pytest.mark.parametrize(
        "query",
        [
            *("limit=0", "limit=-1", "limit=1000000000", "limit=abc", "limit=", "limit=1.5", "limit=%00"),
            *("limit=5&limit=6", "limit=%D9%A5", "limit=0x5", "limit=+5", "limit= 5".replace(" ", "%20")),
            *("cursor=abc", "cursor=%00", "cursor=eyJ2IjoxfQ.c2ln", "cursor=" + "A" * 3000, "cursor=%FF"),
            *("user__password__startswith=a", "_connector=OR", "ordering=user__email", "__class__=x"),
            *("offset=1", "fields=a.b.c", "expand=x", "%00=1", "%FF=1"),
        ],
    )
    @pytest.mark.parametrize("id", LISTS)
    def test_that_means_nothing_is_refused_by_every_list(self, live, id, query):
        path = live.url(OPERATIONS[id])

        answer = live.send("GET", f"{path}{'&' if '?' in path else '?'}{query}")

        assert (answer.status, is_problem(answer), len(answer.pointers)) == (400, True, 1), answer.body

    @pytest.mark.parametrize(
        "ids",
        ["", "abc", "1,,2", "0", "-1", "01", "1.0", "9223372036854775808", "%00", "1;2", "1%202", "%D9%A3"],
    )
    @pytest.mark.parametrize("id", ["list_posts_by_ids", "list_users_by_ids", "list_relationships"])
    def test_of_bad_ids_is_refused(self, live, id, ids):
        path = live.url(OPERATIONS[id]).partition("?")[0]

        answer = live.send("GET", f"{path}?ids={ids}")

        assert (answer.status, answer.pointers) == (400, ["ids"])

    @pytest.mark.parametrize(
        "id", ["abc", "0", "-1", "01", "9223372036854775808", "%00", "1%2F2", "..%2F1", "1%0A"]
    )
    @pytest.mark.parametrize(
        "path", ["/v1/users/{}", "/v1/posts/{}", "/v1/users/{}/posts", "/v1/users/{}/followers"]
    )
    def test_and_a_path_of_no_id_is_nobody(self, live, path, id):
        answer = live.send("GET", path.format(id))

        assert (answer.status, is_problem(answer)) == (404, True)

    def test_cursor_of_another_list_or_with_a_flipped_bit_is_refused(self, live):
        for number in range(3):
            assert live.send("POST", "/v1/posts", b'{"text": "%d"}' % number).status == 201
        mine = f"/v1/users/{live.names['owner']}/posts"
        cursor = live.send("GET", f"{mine}?limit=1").body["next"]
        assert live.send("GET", f"{mine}?limit=1&cursor={cursor}").status == 200

        others = [
            live.send("GET", f"/v1/users/{live.names['user_id']}/posts?cursor={cursor}"),
            live.send("GET", f"/v1/users/{live.names['owner']}/followers?cursor={cursor}"),
            live.send("GET", f"{mine}?limit=1&cursor={cursor[:-1]}"),
            live.send("GET", f"{mine}?limit=1&cursor={cursor}="),
            live.send("GET", f"{mine}?limit=1&cursor={'B' if cursor[0] == 'A' else 'A'}{cursor[1:]}"),
        ]

        assert [(each.status, each.pointers) for each in others] == [(400, ["cursor"])] * 5


class TestHttp:
    """What is wrong with the request itself."""

    POST = (
        b"POST /v1/posts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nX-Session-Token: %token\r\n"
    )
    GET = b"GET /v1/users?ids=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"

    @pytest.mark.parametrize(
        ("raw", "status"),
        [
            (POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
            (POST + b"Content-Length: -2\r\n\r\n{}", 400),
            (POST + b"Content-Length: two\r\n\r\n{}", 400),
            (POST + b"Transfer-Encoding: sideways\r\n\r\n{}", 400),
            (POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", 400),
            (GET + b"Host: evil.example\r\n\r\n", 400),
            (GET.replace(b"localhost", b"evil.example") + b"\r\n", 400),
            (GET + b"Bad Name: 1\r\n\r\n", 400),
            (GET + b" folded: 1\r\n\r\n", 400),
            (GET + b"Accept-Language: " + b"x" * 1_000_000 + b"\r\n\r\n", 431),
            (GET + b"Accept: " + b"x" * 16_384 + b"\r\n\r\n", 431),
            (GET + b"".join(b"H%d: 1\r\n" % number for number in range(101)) + b"\r\n", 431),
            (GET.replace(b"ids=1", b"ids=" + b"1" * 5000) + b"\r\n", 414),
            (GET.replace(b"GET", b"G\x00T") + b"\r\n", 400),
            (GET.replace(b"HTTP/1.1", b"HTTP/9.9") + b"\r\n", 400),
            (GET.replace(b"GET", b"TRACE") + b"\r\n", 405),
            (GET.replace(b"GET", b"PROPFIND") + b"\r\n", 405),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n", 400),
        ],
    )
    def test_that_is_none_is_refused_by_a_problem(self, live, raw, status):
        answer = live.raw(raw.replace(b"%token", live.token.encode()))

        assert (answer.status, is_problem(answer)) == (status, True)

    def test_repeats_nothing_of_what_was_sent(self, live):
        answer = live.raw(self.GET + b"Bad Name<script>: 1\r\n\r\n")

        assert (answer.status, "script" in json.dumps(answer.body)) == (400, False)

    def test_with_a_method_in_a_header_is_what_its_line_says(self, live):
        answer = live.send("GET", "/v1/me", X_HTTP_Method_Override="DELETE", X_Method_Override="DELETE")

        assert (answer.status, answer.body["data"]["id"]) == (200, live.names["owner"])
        assert live.send("GET", "/v1/me").status == 200

    def test_with_underscores_in_a_header_s_name_does_not_carry_it(self, live):
        request = self.GET.replace(b"/v1/users?ids=1", b"/v1/me")

        answer = live.raw(request + b"X_Session_Token: " + live.token.encode() + b"\r\n\r\n")

        assert answer.status == 401

    @pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*;q=0", "rubbish", ""])
    def test_is_answered_in_json_whatever_it_accepts(self, live, accept):
        answer = live.send("GET", "/v1/me", Accept=accept)

        assert (answer.status, answer.headers["content-type"]) == (200, JSON)

    def test_with_a_body_shorter_than_it_says_does_nothing(self, live):
        mine = f"/v1/users/{live.names['owner']}/posts?limit=100"
        before = len(live.send("GET", mine).body["data"])
        head = self.POST.replace(b"%token", live.token.encode()) + b"Content-Length: 100\r\n\r\n"

        with socket.create_connection((live.host, live.port), timeout=20) as connection:
            connection.sendall(head + b'{"text": "cut off"}')
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()

        assert answer.split(b" ")[1] == b"400"
        assert b"body_incomplete" in answer
        assert len(live.send("GET", mine).body["data"]) == before


class TestAKey:
    @pytest.mark.parametrize("key", ["", "x" * 256, "a,b", "a b", "é", "\t"])
    def test_that_is_none_is_refused(self, live, key):
        answer = live.send("POST", "/v1/posts", b'{"text": "a"}', Idempotency_Key=key)

        assert (answer.status, answer.pointers) == (400, ["Idempotency-Key"])

    def test_sent_twice_in_a_request_is_refused(self, live):
        head = TestHttp.POST.replace(b"%token", live.token.encode()) + b"Content-Length: 13\r\n"

        answer = live.raw(head + b'Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n{"text": "a"}')

        assert (answer.status, answer.pointers) == (400, ["Idempotency-Key"])

    def test_of_another_body_or_route_is_refused_or_apart(self, live):
        first = live.send("POST", "/v1/posts", b'{"text": "a"}', Idempotency_Key="k")

        again = live.send("POST", "/v1/posts", b'{"text": "a"}', Idempotency_Key="k")
        other = live.send("POST", "/v1/posts", b'{"text": "b"}', Idempotency_Key="k")
        apart = live.send(
            "POST", "/v1/apps", json.dumps(BODIES["register_app"]).encode(), Idempotency_Key="k"
        )

        assert (again.body, again.headers["idempotency-replayed"]) == (first.body, "true")
        assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
        assert apart.status == 201
