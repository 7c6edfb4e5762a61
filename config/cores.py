"""How many cores this process may use: the affinity's, less what its cgroups allow."""

import math
import os
from pathlib import Path


def available(root: Path = Path("/")) -> int:
    """Return how many cores this process may use; a container's limit counts, not what its host has."""
    quotas = [quota for quota in map(_quota, _folders(root)) if quota is not None]
    return max(1, math.ceil(min([len(os.sched_getaffinity(0)), *quotas])))


def _folders(root: Path) -> list[Path]:
    """Return this process's cgroup and all above it, of either version: each of them may set a limit."""
    found = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, place = line.split(":", 2)
        # Version 2 names no controllers and is mounted as a whole, version 1 controller by controller.
        if not controllers or "cpu" in controllers.split(","):
            top = root / "sys/fs/cgroup" / controllers
            own = top / place.strip("/")
            # In a container the path is the host's, while what is mounted starts at the container's own.
            found += [own, *[parent for parent in own.parents if parent.is_relative_to(top)]]
    return found


def _quota(folder: Path) -> float | None:
    """Return how many cores a cgroup allows; None for no limit."""
    words = _read(folder / "cpu.max").split() or [
        _read(folder / name).strip() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us")
    ]
    if words[0] in ("", "max", "-1"):
        return None
    return int(words[0]) / int(words[1])


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
