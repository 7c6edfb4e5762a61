"""Leads `manage.py` to this checkout's stack when nobody said where the servers are."""

from __future__ import annotations

import os

from deploy.embedded import checkout
from deploy.embedded.layout import checkout_layout

adopted: dict[str, str] = {}  # what this process did not get but was led to


def adopt() -> None:
    """
    Fill the environment with the addresses of the embedded stack, running or not.

    `manage.py` asks for it only where no server is named (unlike Docker, tests, tools).
    """
    layout = checkout_layout()
    ports = checkout.known_ports(layout)
    known = checkout.variables(layout, ports)
    adopted.update({name: value for name, value in known.items() if name not in os.environ})
    os.environ.update(adopted)
