"""On what was measured: the machine, the versions, how busy it was."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import Any

import psutil
from django.db import connections

from deploy.embedded.throwaway import Throwaway
from modules.kernel.redis.servers import redis

LIBRARIES = ("django", "djangorestframework", "gunicorn", "psycopg", "celery", "hiredis")


def facts(stack: Throwaway) -> dict[str, Any]:
    """Return what a reader needs in order to compare figures."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    (info,) = redis("a").run(("INFO", "server"))
    found = next(line for line in info.decode().splitlines() if line.startswith("redis_version"))
    return {
        "cores": psutil.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": postgres.split()[0],
        "redis": found.partition(":")[2],
        **{name: version(name) for name in LIBRARIES},
        "postgresql_servers": len(stack.topology.primaries) + len(stack.topology.replicas),
        "load_average_before": [round(one, 2) for one in os.getloadavg()],
    }


def _processor() -> str:
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
