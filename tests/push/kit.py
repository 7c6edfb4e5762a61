"""A push service on the loopback that believes nothing: it verifies who pushes, and opens what is pushed."""

from __future__ import annotations

import json
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from modules.push.selectors.keys import from_base64url, to_base64url
from tests.kit.http import Response
from tests.kit.people import Person

DEVICES = "/v1/me/devices"


@dataclass(frozen=True)
class Pushed:
    """What a service was posted: to where, with what headers, and the body as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """What it got, and what it answers: a status with headers, by path; 201 where nothing else is said."""

    host: str = ""
    got: list[Pushed] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    # Called with the path before anything is answered.
    before: Callable[[str], object] = lambda path: None

    def to(self, path: str) -> list[Pushed]:
        """Return what was posted there."""
        return [each for each in self.got if each.path == path]


@dataclass(frozen=True)
class Browser:
    """A subscription with its keys, as a browser holds it."""

    service: Service
    path: str = field(default_factory=lambda: f"/push/{uuid4().hex}")
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    device_id: UUID = field(default_factory=uuid4)

    @property
    def body(self) -> dict[str, str]:
        """What the browser's page sends to register it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "kind": "web",
            "name": "Firefox",
            "endpoint": f"http://{self.service.host}{self.path}",
            "p256dh": to_base64url(point),
            "auth": to_base64url(self.secret),
        }

    def register(self, person: Person) -> Response:
        """Have somebody pushed to it."""
        return person.call("PUT", f"{DEVICES}/{self.device_id}", self.body)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """What it was pushed, opened, oldest first."""
        return [json.loads(self.open(each)) for each in self.service.to(self.path)]

    def open(self, pushed: Pushed) -> bytes:
        """Decrypt what was pushed, as the browser does."""
        salt, size, length = pushed.body[:16], pushed.body[16:20], pushed.body[20]
        theirs, record = pushed.body[21 : 21 + length], pushed.body[21 + length :]
        assert len(record) <= int.from_bytes(size) == 4096
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        agreed = self.key.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\0" + from_base64url(self.body["p256dh"]) + theirs
        secret = HKDF(SHA256(), 32, self.secret, info).derive(agreed)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        opened = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert opened.endswith(b"\2")
        return opened[:-1]


def read_vapid(pushed: Pushed, *, audience: str) -> tuple[dict[str, Any], str]:
    """Return what is said of who pushes, verified by the key that is sent along, and that key."""
    scheme, _, rest = pushed.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(parts["k"]))
    return jwt.decode(parts["t"], key, algorithms=["ES256"], audience=audience), parts["k"]


@contextmanager
def running_service(certificate: Path | None = None) -> Iterator[Service]:
    """Run a push service until the test is over; with a certificate it speaks TLS."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers["content-length"]))
            service.before(self.path)
            service.got.append(Pushed(self.path, headers, body))
            status, sent = service.answers.get(self.path, (201, {}))
            self.send_response(status)
            for name, value in {**sent, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    service.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
