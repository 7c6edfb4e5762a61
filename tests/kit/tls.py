"""
Servers that demand TLS, for tests: certificates of an authority of their own, before the servers of the run.

The embedded PostgreSQL and Redis are built without TLS. What stands before them here speaks it for them, by
Python's ssl: the handshake, the certificates and the refusals are real, whatever the machine has installed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from modules.kernel import clock

LOOPBACK = "127.0.0.1"
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Authority:
    """Who signs certificates; `file` is what trusts it."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file = folder / f"{name}.pem"
        made = self._build(self._name, self._key).add_extension(x509.BasicConstraints(True, None), True)
        self.file.write_bytes(_pem(made.sign(self._key, hashes.SHA256())))

    def issue(self, name: str) -> Path:
        """Return a file with a certificate of a host (a name or a number), and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        known_as: x509.GeneralName = x509.DNSName(name)
        with suppress(ValueError):
            known_as = x509.IPAddress(ipaddress.ip_address(name))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = self._build(subject, key).add_extension(x509.SubjectAlternativeName([known_as]), False)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path = self._folder / f"{self.file.stem}-{name}.pem"
        path.touch(0o600)  # libpq takes no key that others may read
        path.write_bytes(private + _pem(made.sign(self._key, hashes.SHA256())))
        return path

    def _build(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = clock.now()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


class TlsServer:
    """
    A port of this machine where a server that speaks plain is reached by TLS, and by nothing else.

    `passed` counts who came through, `refused` who did not ask for TLS or broke off.
    """

    def __init__(
        self, certificate: Path, reach: Callable[[], Awaitable[Streams]], *, trusts: Path | None = None
    ):
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate)
        if trusts is not None:  # it asks its clients for certificates too
            self._context.load_verify_locations(trusts)
            self._context.verify_mode = ssl.CERT_REQUIRED
        self._reach = reach
        self._open: set[asyncio.StreamWriter] = set()
        self._plain: list[asyncio.WriteTransport] = []  # beneath TLS
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tls", daemon=True)
        self._thread.start()
        self.passed = self.refused = 0
        self.port = self._run(self._listen())

    def close(self) -> None:
        """Stop listening and cut every connection."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def spoil(self) -> None:
        """Write what is no TLS into every connection."""
        self._run(self._write_nonsense())

    async def _write_nonsense(self) -> None:
        for transport in self._plain:
            transport.write(b"nonsense")

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._serve, LOOPBACK)
        return int(self._server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        # Each connection's task ends by that.
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        plain = writer.transport
        self._plain.append(plain)
        self._open.add(writer)
        try:
            await self._begin(reader, writer)
            try:
                await writer.start_tls(self._context)
            finally:
                _keep_transport(writer, plain)
        except (OSError, EOFError):
            self.refused += 1
            plain.abort()
            return
        self.passed += 1
        try:
            behind, before = await self._reach()
            self._open.add(before)
            await asyncio.gather(_copy(reader, before), _copy(behind, writer))
        except OSError:
            writer.transport.abort()

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Do what comes before the handshake."""

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class TlsPostgres(TlsServer):
    """The same before PostgreSQL, whose clients ask for TLS in the clear first."""

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """:raises ConnectionRefusedError: if the client begins without TLS, as it is told"""
        if await reader.readexactly(8) != _SSL_REQUEST:
            told = b"SFATAL\0VFATAL\0C28000\0MTLS is demanded\0\0"
            writer.write(b"E" + struct.pack("!i", 4 + len(told)) + told)
            await writer.drain()
            raise ConnectionRefusedError
        writer.write(b"S")


def _keep_transport(writer: asyncio.StreamWriter, plain: asyncio.WriteTransport) -> None:
    """
    Give a writer its transport back that lost it, for Python 3.11 breaks over that in `__del__`.

    :raises ConnectionResetError: if it did: the client was gone as the handshake ended
    """
    if getattr(writer, "_transport", None) is None:
        setattr(writer, "_transport", plain)  # noqa: B010 - the stubs hide it
        raise ConnectionResetError


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends, and the end too."""
    with suppress(OSError):
        while chunk := await source.read(65_536):
            target.write(chunk)
            await target.drain()
    target.close()


def to_socket(path: Path) -> Callable[[], Awaitable[Streams]]:
    """Return how a server on a Unix socket is reached."""
    return lambda: asyncio.open_unix_connection(path)


def to_port(port: int) -> Callable[[], Awaitable[Streams]]:
    """Return how a server on a port is reached."""
    return lambda: asyncio.open_connection(LOOPBACK, port)
