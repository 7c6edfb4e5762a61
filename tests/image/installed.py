"""What a bare Debian machine lacks: the engine, its plugins, and what makes root file systems."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.image.shell import Failed, run

PACKAGES = {
    "dockerd": "docker.io",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "openssl": "openssl",
    # What plays manifests, what it starts containers with, and what holds a pod open.
    "podman": "podman",
    "runc": "runc",
    "catatonit": "catatonit",
}
# bookworm has none that reads our compose file. Go programs, so those of the next release run here.
PLUGINS = ("docker-compose", "docker-buildx")
_SOURCES = Path("/etc/apt")


def install_engine() -> None:
    """
    Install what is missing of the engine.

    :raises Failed: if it cannot be had: this test is never skipped
    """
    missing = [package for program, package in PACKAGES.items() if not _has(program)]
    if missing:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-q", env=quiet)
        run("apt-get", "install", "-q", "-y", "--no-install-recommends", *missing, env=quiet)
    for program in PACKAGES:
        if not _has(program):
            raise Failed(f"{program} is not there, and apt has not brought it")


def fetch_plugins(cache: Path) -> Path:
    """Return a folder for DOCKER_CONFIG with compose and buildx, from Debian's next release."""
    config = cache / "docker-config"
    plugins = config / "cli-plugins"
    if all((plugins / name).exists() for name in PLUGINS):
        return config
    apt = cache / "apt"
    shutil.rmtree(apt, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "parts", "debs"):
        (apt / folder).mkdir(parents=True)
    (apt / "parts" / "next.sources").write_text(_sources_of("trixie"))
    options = [
        f"-o=Dir::Etc::sourceparts={apt}/parts",
        "-o=Dir::Etc::sourcelist=/dev/null",
        f"-o=Dir::State::lists={apt}/lists",
        f"-o=Dir::Cache={apt}/cache",
        "-o=APT::Sandbox::User=root",
    ]
    run("apt-get", "-q", *options, "update")
    run("apt-get", "-q", *options, "download", *PLUGINS, cwd=apt / "debs")
    plugins.mkdir(parents=True, exist_ok=True)
    for package in (apt / "debs").glob("*.deb"):
        run("dpkg", "-x", package, apt / "unpacked")
    for name in PLUGINS:
        shutil.copy2(apt / "unpacked/usr/libexec/docker/cli-plugins" / name, plugins / name)
    shutil.rmtree(apt)
    return config


def _sources_of(suite: str) -> str:
    """Return this machine's own sources, for another release."""
    found = _SOURCES / "sources.list.d" / "debian.sources"
    text = found.read_text() if found.exists() else ""
    if not text:
        raise Failed(f"{found} is not there: from where does this machine have its packages?")
    return text.replace("bookworm", suite)


def _has(program: str) -> bool:
    return shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin") is not None
