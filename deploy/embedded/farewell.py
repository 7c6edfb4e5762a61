"""The last lines of `make up`: where everything is and a first request to try."""

from __future__ import annotations

import json

from deploy.embedded import checkout
from deploy.embedded.checkout import Ports


def lines(ports: Ports, flower: int, access: str, seconds: float) -> list[str]:
    """Write what the newcomer needs; `access` is the JSON of `manage.py demo --print-access` or empty."""
    base = checkout.public_url(ports)
    sockets = f"{checkout.realtime_url(ports).replace('http', 'ws', 1)}/v1/realtime"
    told = [
        "",
        f"Banyan is up after {seconds:.1f} s. Ctrl-C stops it; `make help` lists the rest.",
        "Changed code runs after a restart: Ctrl-C, then `make up` again.",
        "",
        f"  API       {base}/v1/",
        f"  Sockets   {sockets}   docs/realtime.md",
        f"  Docs      {base}/docs",
        f"  OpenAPI   {base}/v1/openapi.json",
        f"  Flower    http://localhost:{flower}/   what workers do; this machine alone",
        f"  Ops       {base}/ops   for operators: `.venv/bin/python manage.py account promote ada` makes one",
        "",
    ]
    if access:
        demo = json.loads(access.splitlines()[-1])
        told += [
            f"  Live      {base}/live   in two windows: what one person does the other sees at once",
            f"  Log-in    {demo['email']}  {demo['password']}",
            f"  Try       curl -H 'X-Session-Token: {demo['token']}' '{base}/v1/timelines/home?limit=5'",
            "",
        ]
    return told
