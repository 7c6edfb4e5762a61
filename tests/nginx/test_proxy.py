"""What nginx does to requests before the API sees them, and what it answers itself."""

from __future__ import annotations

import re
import socket
import ssl
import time
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest

from modules.kernel import clock
from modules.kernel.sizes import MAX_BODY
from modules.kernel.statuses import TITLES
from modules.media.storages import Stored
from modules.media.storages.files import FileMediaStorage
from tests.kit.machines import until
from tests.kit.proxy import CONFIGURATION

BALANCER = "127.0.0.9"


@pytest.fixture
def ask(front):
    """Ask over TLS, from any address of this machine."""
    clients: list[httpx.Client] = []

    def ask(method, path, *, source="127.0.0.1", **options):
        transport = httpx.HTTPTransport(verify=front.proxy.trust, local_address=source)
        client = httpx.Client(base_url=front.proxy.url, transport=transport, timeout=10)
        clients.append(client)
        return client.request(method, path, **options)

    yield ask
    for client in clients:
        client.close()


def _connect(front, *, source="127.0.0.1", trust=None, protocols=("http/1.1",)):
    context = trust or front.proxy.trust
    context.set_alpn_protocols(list(protocols))
    plain = socket.create_connection(("127.0.0.1", front.proxy.tls), 10, source_address=(source, 0))
    return context.wrap_socket(plain, server_hostname="localhost")


def _problem(answer):
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert list(body)[:8] == [
        *("type", "title", "status", "detail", "instance", "code", "errors", "request_id"),
    ]
    assert (body["status"], body["type"]) == (answer.status_code, f"/docs/errors#{body['code']}")
    return body


class TestTls:
    def test_speaks_http_2(self, front):
        with _connect(front, protocols=("h2", "http/1.1")) as tls:
            assert tls.selected_alpn_protocol() == "h2"
            tls.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000"))
            kind = tls.recv(9)[3]

        assert kind == 4  # its SETTINGS

    def test_refuses_what_is_older_than_1_2(self, front):
        old = ssl.create_default_context(cafile=str(front.proxy.home.parent / "authority.pem"))
        with pytest.warns(DeprecationWarning, match="deprecated"):
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")

        with pytest.raises(ssl.SSLError):
            _connect(front, trust=old)

    def test_is_what_browsers_insist_on_for_a_year(self, ask):
        for path in ("/v1/me", "/static/none", "/docs"):
            said = ask("GET", path).headers["Strict-Transport-Security"]
            assert said == "max-age=31536000; includeSubDomains"


class TestRequests:
    def test_come_from_one_address_whatever_clients_say(self, front, ask):
        forged = {"X-Forwarded-For": "6.6.6.6", "X-Real-Ip": "6.6.6.6", "Forwarded": "for=6.6.6.6"}
        ask("GET", "/v1/me", headers={**forged, "X-Forwarded-Host": "evil", "X-Forwarded-Proto": "http"})
        ask("GET", "/v1/me", headers={"X-Forwarded-For": "6.6.6.6, 192.0.2.7"}, source=BALANCER)

        told = [asked.headers for asked in front.api.asked]
        assert [one["x-forwarded-for"] for one in told] == ["127.0.0.1", "192.0.2.7"]
        assert told[0]["x-forwarded-proto"] == "https"
        assert {"forwarded", "x-real-ip", "x-forwarded-host"} & set(told[0]) == set()
        assert told[0]["host"] == f"localhost:{front.proxy.tls}"

    def test_lose_headers_that_would_pass_for_others(self, front, ask):
        ask("GET", "/v1/me", headers={"X_Forwarded_For": "6.6.6.6", "Idempotency_Key": "x", "X-Kept": "1"})

        names = set(front.api.asked[0].headers)
        assert {name for name in names if "_" in name} == set()
        assert "x-kept" in names

    @pytest.mark.parametrize(("sent", "is_kept"), [("trace-1.A_b", True), ("a b", False), ("x" * 129, False)])
    def test_keep_their_name_if_it_is_a_sane_one(self, front, ask, sent, is_kept):
        ask("GET", "/v1/me", headers={"X-Request-Id": sent})

        came = front.api.asked[0].headers["x-request-id"]
        assert (came == sent) is is_kept
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,128}", came)
        until(lambda: f'"request_id":"{came}"' in front.proxy.log())

    def test_begin_a_trace_of_which_clients_say_nothing(self, front, ask):
        forged = {
            "Traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
            "Tracestate": "x=1",
            "X-Request-Start": "t=1",
        }
        ask("GET", "/v1/me", headers=forged)

        told = front.api.asked[0].headers
        [(trace_id, span_id)] = re.findall(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-00$", told["traceparent"])
        assert trace_id.startswith(span_id)
        until(lambda: f'"trace_id":"{trace_id}"' in front.proxy.log())
        assert abs(float(told["x-request-start"].removeprefix("t=")) - time.time()) < 60
        assert "tracestate" not in told

    def test_for_sockets_go_to_the_realtime_process(self, front, ask):
        ask("GET", "/v1/realtime?ticket=t", headers={"Upgrade": "websocket", "Connection": "upgrade"})

        [asked] = front.realtime.asked
        assert (asked.path, asked.headers["upgrade"], asked.headers["connection"]) == (
            *("/v1/realtime?ticket=t", "websocket", "upgrade"),
        )
        assert front.api.asked == []
        assert "ticket" not in front.proxy.log()


class TestProblems:
    def test_say_what_the_api_says(self):
        text = (CONFIGURATION / "http.conf").read_text()
        said = {
            name: dict(re.findall(r"^    (\d+) \"?(.*?)\"?;$", block, re.MULTILINE))
            for name, block in re.findall(r"map \$status \$problem_(\w+) \{\n(.*?)\}", text, re.DOTALL)
        }
        unavailable = TITLES[503]

        assert len(said["code"]) == 12
        for status, code in said["code"].items():
            known = TITLES.get(int(status), unavailable)
            assert (code, said["title"][status]) == known

    def test_of_a_body_that_is_too_large(self, front, ask):
        assert ask("POST", "/v1/posts", content=b"x" * MAX_BODY).status_code == 200
        refused = ask("POST", "/v1/posts", content=b"x" * (MAX_BODY + 1))

        assert (_problem(refused)["code"], refused.status_code) == ("body_too_large", 413)
        assert len(front.api.asked) == 1

    def test_of_a_head_that_is_too_large(self, ask):
        address = ask("GET", "/" + "a" * 9_000)
        header = ask("GET", "/v1/me", headers={"X-Long": "a" * 9_000})

        assert (_problem(address)["code"], address.status_code) == ("uri_too_long", 414)
        assert (_problem(header)["code"], header.status_code) == ("headers_too_large", 431)

    def test_of_what_is_no_http(self, front):
        with _connect(front) as tls:
            tls.sendall(b"\x00garbage\r\n\r\n")
            answer = b"".join(iter(lambda: tls.recv(4096), b""))

        assert b" 400 " in answer.splitlines()[0]
        assert b'"code":"bad_request"' in answer

    def test_of_an_api_that_is_away(self, ask):
        read = ask("GET", "/v1/me", headers={"X-Test": "dead"})
        write = ask("POST", '/v1/posts?q="', headers={"X-Test": "dead"}, content=b"{}")

        assert (_problem(read)["code"], read.status_code, read.headers["Retry-After"]) == (
            "unavailable",
            502,
            "2",
        )
        assert "outcome" not in read.json()
        assert (_problem(write)["outcome"], write.json()["instance"]) == ("unknown", "/v1/posts")

    def test_of_the_api_pass_as_they_are(self, front, ask):
        front.api.decide = lambda asked: (404, {"Content-Type": "application/problem+json"}, {"code": "mine"})

        assert ask("GET", "/v1/x").json() == {"code": "mine"}


class TestLimits:
    def test_let_a_burst_through_and_refuse_what_is_above(self, front):
        many = 300
        with _connect(front, source="127.0.0.5") as tls:
            began = time.monotonic()
            # All at once, and of nginx itself, so that no slow machine gives the rate time to refill.
            tls.sendall(b"GET /static/none HTTP/1.1\r\nHost: localhost\r\n\r\n" * (many - 1))
            tls.sendall(b"GET /static/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answers = b"".join(iter(lambda: tls.recv(65_536), b""))
            refilled = 50 * (time.monotonic() - began)

        statuses = re.findall(rb"HTTP/1\.1 (\d+)", answers)
        assert (statuses.count(b"404") + statuses.count(b"429"), len(statuses)) == (many, many)
        assert 101 <= statuses.count(b"404") <= 102 + refilled
        [last] = re.findall(rb"HTTP/1\.1 429[^{]*\{[^}]*\}$", answers)
        assert b'"code":"too_many_requests"' in last
        assert b"Retry-After: 1\r\n" in last

    def test_give_one_address_a_hundred_connections(self, front):
        begun = b"POST /v1/posts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
        held = []
        for _ in range(2):
            for _ in range(60):
                held.append(_connect(front, source="127.0.0.6"))
                held[-1].sendall(begun)
            time.sleep(1.2)  # what the rate of requests lets through comes back by time alone

        answered = 0
        for tls in held:
            tls.settimeout(0.01)
            with suppress(TimeoutError):
                answered += tls.recv(12) == b"HTTP/1.1 429"
            tls.close()
        assert answered == 20


class TestFiles:
    def test_are_kept_for_ever(self, front, ask):
        (front.proxy.static / "docs").mkdir(parents=True, exist_ok=True)
        (front.proxy.static / "docs" / "start.0123.js").write_text("let x = 1;\n" * 200)

        file = ask("GET", "/static/docs/start.0123.js")

        assert (file.status_code, file.text) == (200, "let x = 1;\n" * 200)
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert file.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert file.headers["Content-Encoding"] == "gzip"
        assert _problem(ask("GET", "/static/docs/none.js"))["code"] == "not_found"
        assert _problem(ask("POST", "/static/docs/start.0123.js"))["code"] == "forbidden"
        assert front.api.asked == []

    def test_of_media_come_and_go_without_the_api_and_are_sent_by_nginx(self, front, ask, tmp_path):
        url, photo = f"{front.proxy.url}/media", b"x" * 3_000_000
        storage = FileMediaStorage(location=str(front.proxy.media), base_url=url, secrets=["k" * 40])
        end = clock.now() + timedelta(minutes=1)
        form = storage.sign_upload("incoming/7", type="image/jpeg", max_bytes=len(photo), until=end)
        (tmp_path / "film").write_bytes(photo)
        storage.upload("media/7/1/feed.webp", tmp_path / "film", type="image/webp")
        signed = storage.sign_url("media/7/1/feed.webp", since=clock.now(), seconds=60)
        path = signed.removeprefix(front.proxy.url)

        with httpx.Client(verify=front.proxy.trust) as client:
            sent = client.post(form.url, data=form.fields, files={"file": photo})
        answer = ask("GET", path)

        assert (sent.status_code, storage.find("incoming/7")) == (204, Stored(len(photo), "image/jpeg"))
        assert (answer.status_code, len(answer.content)) == (200, len(photo))
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert ask("GET", path.partition("?")[0]).status_code == 403
        assert _problem(ask("GET", "/media-of-api/media/7/1/feed.webp"))["code"] == "not_found"
        assert front.api.asked == []

    def test_that_everybody_reads_are_asked_for_once(self, front, ask):
        front.api.decide = lambda asked: (
            200,
            {"Cache-Control": "public, max-age=300", "X-Request-Id": "1"},
            "page",
        )

        first, second = ask("GET", "/docs"), ask("GET", "/docs", headers={"X-Test": "dead"})

        assert (first.status_code, second.status_code, len(front.api.asked)) == (200, 200, 1)
        assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


class TestFlower:
    def test_is_asked_with_its_password_at_a_port_of_its_own(self, front, ask):
        url = f"https://localhost:{front.proxy.flower}"

        statuses = [
            ask("GET", f"{url}{path}", auth=("operator", "sesame")).status_code
            for path in ("/tasks", "/healthcheck", "/metrics")
        ]

        assert statuses == [200, 404, 404]
        assert [(each.path, each.headers["authorization"]) for each in front.realtime.asked] == [
            ("/tasks", "Basic b3BlcmF0b3I6c2VzYW1l")
        ]
        assert front.api.asked == []


class TestPlain:
    def test_leads_people_to_https_and_refuses_the_api(self, front):
        base = f"http://localhost:{front.proxy.plain}"

        page = httpx.get(f"{base}/docs", follow_redirects=False)
        refused = httpx.get(f"{base}/v1/me", headers={"Authorization": "Bearer x"})

        assert (page.status_code, page.headers["Location"]) == (308, "https://localhost/docs")
        assert (_problem(refused)["code"], refused.status_code) == ("forbidden", 403)
        assert front.api.asked == []


class TestSilence:
    """Last of the file, for its requests were sent before the first test and wait for twenty seconds."""

    def test_of_the_api_is_told_after_its_time(self, front):
        read, write = (each.result() for each in front.unanswered)

        assert (_problem(read)["code"], read.status_code) == ("unavailable", 504)
        assert (read.headers["Retry-After"], read.elapsed.seconds) == ("2", 20)
        assert "outcome" not in read.json()
        assert (_problem(write)["outcome"], write.status_code) == ("unknown", 504)
