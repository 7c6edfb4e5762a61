"""The benchmark's driver against a tiny server: what it counts is what was answered."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from benchmarks.cpu import used_by
from benchmarks.driver import Load, drive, request
from benchmarks.results import Row, Sample

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
TOO_LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhello"


class Server:
    """Answers each path with what it was told to, over connections that it keeps."""

    def __init__(self, answers: dict[str, list[bytes]]) -> None:
        self.asked: Counter[str] = Counter()
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_over = threading.Event()
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        self._is_over.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._is_over.is_set():
                connection.close()
                return
            self._threads.append(threading.Thread(target=self._serve, args=[connection]))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            while first := lines.readline():
                while lines.readline() != b"\r\n":
                    pass
                path = first.decode().split()[1]
                self.asked[path] += 1
                for piece in self._answers[path]:
                    connection.sendall(piece)
                if not self._answers[path] or self._answers[path] == [CLOSING]:
                    return


@pytest.fixture
def serve() -> Iterator[object]:
    servers: list[Server] = []

    def start(**answers: list[bytes]) -> Server:
        servers.append(Server({f"/{name}": pieces for name, pieces in answers.items()}))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def get(*names: str) -> list[bytes]:
    return [request("GET", f"/{name}", {}) for name in names]


class TestDrive:
    def test_sends_as_many_as_allowed_in_turn(self, serve):
        server = serve(a=[OK], b=[OK])

        outcome = drive(Load(server.port, get("a", "b"), at_most=30, connections=3))

        assert (outcome.count, outcome.failed) == (30, 0)
        assert outcome.body_bytes == 30 * len("hello")
        assert server.asked == {"/a": 15, "/b": 15}

    def test_sends_nothing_when_the_time_is_up(self, serve):
        server = serve(a=[OK])

        outcome = drive(Load(server.port, get("a"), at_most=30, seconds=0))

        assert (outcome.count, outcome.failed) == (0, 0)
        assert server.asked == {}

    def test_puts_an_answer_together_from_pieces(self, serve):
        server = serve(a=[OK[:20], OK[20:42], OK[42:]], b=[CHUNKED[:55], CHUNKED[55:]])

        outcome = drive(Load(server.port, get("a", "b"), at_most=10, connections=1))

        assert (outcome.count, outcome.failed) == (10, 0)

    def test_counts_any_other_status_as_a_failure(self, serve):
        server = serve(good=[OK], bad=[REFUSED])

        outcome = drive(Load(server.port, get("good", "bad"), at_most=10, connections=1))

        assert outcome.count == 5
        assert outcome.failures == {"status 503": 5}

    def test_counts_an_answer_of_another_length_than_it_says_as_a_failure(self, serve):
        server = serve(good=[OK], long=[TOO_LONG])

        outcome = drive(Load(server.port, get("good", "long"), at_most=4, connections=1))

        assert outcome.count == 2
        assert outcome.failures == {"wrong length": 2}

    def test_counts_a_connection_that_ends_without_an_answer_as_a_failure(self, serve):
        server = serve(good=[OK], gone=[])

        outcome = drive(Load(server.port, get("good", "gone"), at_most=4, connections=1))

        assert outcome.count == 2
        assert outcome.failures == {"closed": 2}

    def test_goes_on_over_a_new_connection_when_the_server_says_that_it_closes(self, serve):
        server = serve(a=[CLOSING])

        outcome = drive(Load(server.port, get("a"), at_most=6, connections=2))

        assert (outcome.count, outcome.failed) == (6, 0)

    def test_gives_up_on_a_server_that_only_fails(self, serve):
        server = serve(bad=[REFUSED])

        outcome = drive(Load(server.port, get("bad"), at_most=1000, connections=1))

        assert outcome.failures == {"status 503": 20}


class TestRequest:
    def test_lays_out_a_body_with_its_length(self):
        line = request("POST", "/v1/posts", {"X-Session-Token": "t"}, b"{}")

        assert line == (
            b"POST /v1/posts HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
            b"X-Session-Token: t\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )


class TestUsedBy:
    def test_says_nothing_was_used_by_a_process_that_never_was(self):
        assert used_by(2**22 + 1) == 0.0


class TestRatio:
    def test_compares_the_medians_of_the_rounds(self):
        row = Row("name", "title", samples=samples(10, 90, 20), floor=samples(5, 4, 100))

        assert row.ratio == 20 / 5

    def test_is_unknown_without_a_floor(self):
        assert Row("name", "title", samples=samples(10)).ratio is None


def samples(*server_us: float) -> list[Sample]:
    return [Sample(1, 1.0, one, 0.0, 0.0) for one in server_us]
