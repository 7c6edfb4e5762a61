"""The stack of this checkout: its secrets, its ports, its environment, whether it runs or not."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.embedded import ports, secrets, topology
from deploy.embedded.errors import StackError
from deploy.embedded.layout import Layout
from deploy.embedded.topology import Topology

API_PORT, MEDIA_PORT, REALTIME_PORT = 8000, 8001, 8002


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the API, media and realtime listen; the rest has sockets only, which nobody else can take."""

    api: int
    media: int = MEDIA_PORT
    realtime: int = REALTIME_PORT


def wanted_ports() -> Ports:
    """
    Return the port to use if it is free.

    :raises StackError: if the environment names none
    """
    said = os.environ.get("BANYAN_PORT", str(API_PORT))
    if not (said.isascii() and said.isdigit() and 0 < int(said) < 65_536):
        raise StackError(f"BANYAN_PORT is {said!r}; set a number from 1 to 65535.")
    return Ports(api=int(said))


def hold_port(layout: Layout) -> socket.socket:
    """
    Take the free port nearest to the wanted one, write it down for everyone else, and keep it.

    The servers of media and of sockets get the next free ones, which are written down as well.

    :raises StackError: if the host to listen on is not of this machine
    """
    host = wanted_host()
    try:
        held = ports.hold_near(wanted_ports().api, host)
    except OSError as error:
        raise StackError(f"BANYAN_HOST is {host!r}, where nothing can listen: {error.strerror}.") from None
    written = _ports_file(layout).with_suffix(f".{os.getpid()}")
    with (
        ports.hold_near(ports.port_of(held) + 1, host) as media,
        ports.hold_near(ports.port_of(media) + 1, host) as realtime,
    ):
        chosen = Ports(ports.port_of(held), ports.port_of(media), ports.port_of(realtime))
    written.write_text(json.dumps(asdict(chosen)))
    written.replace(_ports_file(layout))
    return held


def forget_ports(layout: Layout) -> None:
    """Let nobody be told of an earlier run's port while the next one is chosen."""
    _ports_file(layout).unlink(missing_ok=True)


def wanted_host() -> str:
    """Return where the API is to listen."""
    return os.environ.get("BANYAN_HOST", ports.LOOPBACK)


def known_ports(layout: Layout) -> Ports:
    """Return the port that was chosen last."""
    with contextlib.suppress(FileNotFoundError):
        return Ports(**json.loads(_ports_file(layout).read_text()))
    return wanted_ports()


def has_ports(layout: Layout) -> bool:
    """Return whether a port was chosen."""
    return _ports_file(layout).exists()


def public_url(chosen: Ports) -> str:
    """
    Return where clients reach the API: what is printed, and the issuer of its tokens.

    By name, for browsers bind no passkey to a number.
    """
    return os.environ.get("BANYAN_PUBLIC_URL", "").rstrip("/") or f"http://localhost:{chosen.api}"


def realtime_url(chosen: Ports) -> str:
    """Return where clients open sockets: the same machine, at the port of its process."""
    own = f"{public_url(chosen).rpartition(':')[0]}:{chosen.realtime}"
    return os.environ.get("BANYAN_REALTIME_URL", "").rstrip("/") or own


def variables(layout: Layout, chosen: Ports) -> dict[str, str]:
    """Return the variables of config/env.py that lead to this checkout's servers, and to itself."""
    return {
        **describe(layout).env(),
        "BANYAN_PORT": str(chosen.api),
        "BANYAN_PUBLIC_URL": public_url(chosen),
        "BANYAN_REALTIME_PORT": str(chosen.realtime),
        "BANYAN_REALTIME_URL": realtime_url(chosen),
        "BANYAN_MEDIA_URL": os.environ.get("BANYAN_MEDIA_URL") or f"http://localhost:{chosen.media}",
    }


def describe(layout: Layout) -> Topology:
    """Describe this checkout's servers."""
    return topology.build(layout, secrets.load(layout.home / "secrets.json"))


def _ports_file(layout: Layout) -> Path:
    return layout.home / "ports.json"
