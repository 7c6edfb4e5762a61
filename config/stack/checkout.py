"""The stack of this checkout: its secrets, its ports, its environment, whether it runs or not."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from config.stack import ports, secrets, topology
from config.stack.layout import Layout
from config.stack.topology import Topology

API_PORT, REDIS_PORT = 8000, 6390


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the API and Redis listen; PostgreSQL has sockets only."""

    api: int
    redis: int


def wanted_ports() -> Ports:
    """Return the ports to use if they are free."""
    return Ports(api=int(os.environ.get("BANYAN_PORT", API_PORT)), redis=REDIS_PORT)


def choose_ports(layout: Layout) -> Ports:
    """Find free ports nearest to the wanted ones and write them down for everyone else."""
    wanted = wanted_ports()
    host = os.environ.get("BANYAN_HOST", "127.0.0.1")
    chosen = Ports(api=ports.near(wanted.api, host), redis=ports.near(wanted.redis))
    _ports_file(layout).write_text(json.dumps(asdict(chosen)))
    return chosen


def known_ports(layout: Layout) -> Ports:
    """Return the ports that were chosen last."""
    path = _ports_file(layout)
    return Ports(**json.loads(path.read_text())) if path.exists() else wanted_ports()


def describe(layout: Layout, chosen: Ports) -> Topology:
    """Describe this checkout's servers."""
    return topology.build(layout, secrets.load(layout.home / "secrets.json"), redis_port=chosen.redis)


def _ports_file(layout: Layout) -> Path:
    return layout.home / "ports.json"
