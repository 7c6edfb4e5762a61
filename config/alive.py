"""
Whether a process works: `python -I -S config/alive.py api|worker|relay|beat|flower`, in its container.

For a container's health check or a Kubernetes exec probe: it ends with 0 or 1 and says why. It imports
nothing of the project and little of Python: it is started every few seconds, and costs 15 ms of a core.
"""

import os
import socket
import sys
import time

# Seconds without a heartbeat after which a process counts as stuck.
OLDEST_BEAT = {"worker": 30.0, "relay": 90.0, "beat": 90.0}
# Seconds for which an event may wait for its relay.
OLDEST_EVENT = 60.0
# Where Flower listens in a container.
FLOWER_PORT = 5555
# Seconds that /readyz may take; it gives its own probes one.
_PATIENCE = 4.0


class NotAlive(Exception):
    """Says what is wrong."""


def check_http(port: int, path: str) -> str:
    """
    Return what a path says: of the API `/readyz`, which counts the directory and Redis.

    :raises NotAlive: unless it says that requests can be served
    """
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError as error:
        raise NotAlive(f"no answer: {error}") from None
    head, _, body = answer.partition(b"\r\n\r\n")
    said = body.decode(errors="replace").strip()
    if head[9:12] != b"200":
        raise NotAlive(said or "no answer")
    return said


def check_beats(folder: str, name: str, now: float) -> str:
    """
    Return what the heartbeats of a process say: `worker`, `beat`, `relay-a`, `relay-b` …

    :raises NotAlive: if there is none, or one is too old, or an event has waited for too long
    """
    try:
        files = sorted(file for file in os.listdir(folder) if file == name or file.startswith(f"{name}-"))
    except OSError:
        files = []
    if not files:
        raise NotAlive(f"{name} has not begun, or has stopped")
    found = [_read(folder, file, now) for file in files]
    wrong = [text for text, is_well in found if not is_well]
    if wrong:
        raise NotAlive("; ".join(wrong))
    return "; ".join(text for text, _ in found)


def _read(folder: str, file: str, now: float) -> tuple[str, bool]:
    """Return what one heartbeat says, and whether that is well."""
    with open(os.path.join(folder, file)) as opened:
        beaten, state, *waited = [*opened.read().split(), ""][:3]
    age = now - float(beaten)
    if age > OLDEST_BEAT[file.partition("-")[0]]:
        return f"{file} has stood still for {age:.0f} s", False
    if waited and waited[0] and float(waited[0]) > OLDEST_EVENT:
        return f"{file} {state}, but its oldest event has waited for {float(waited[0]):.0f} s", False
    return f"{file} {state}".strip(), True


def main(name: str) -> int:
    """Check one process, say what was found and return the exit code."""
    try:
        if name == "api":
            said = check_http(int(os.environ.get("BANYAN_PORT", "8000")), "/readyz")
        elif name == "flower":
            said = check_http(FLOWER_PORT, "/healthcheck")
        else:
            said = check_beats(os.environ.get("BANYAN_HEARTBEAT_DIR", "/tmp"), name, time.monotonic())  # noqa: S108
    except NotAlive as error:
        sys.stdout.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
