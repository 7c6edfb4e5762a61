"""A server which answers what it was told to, one after the other, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# A status, headers, and JSON or the very bytes of a body.
CannedResponse = tuple[int, dict[str, str], Any]
# A connection that ends before the answer.
LOST: CannedResponse = (0, {}, b"")


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stub:
    """What to answer, and what was asked; what `decide` answers goes before the list."""

    url: str = ""
    answers: list[CannedResponse] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    decide: Callable[[Asked], CannedResponse | None] = lambda asked: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, asked: Asked) -> CannedResponse:
        with self.lock:
            self.asked.append(asked)
            return self.decide(asked) or self.answers.pop(0)

    @property
    def calls(self) -> list[str]:
        return [f"{asked.method} {asked.path}" for asked in self.asked]


@contextmanager
def answering(*answers: CannedResponse) -> Iterator[Stub]:
    """Run a stub on a port of its own."""
    stub = Stub(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            names = {name.lower(): value for name, value in self.headers.items()}
            status, headers, said = stub.answer(Asked(self.command, self.path, names, body))
            if status == 0:
                self.close_connection = True
                return
            sent = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            whole = {"Content-Type": "application/json", **headers, "Content-Length": str(len(sent))}
            for name, value in whole.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
