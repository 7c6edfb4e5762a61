"""A Docker engine of this run's own, with its data, socket, networks and rules; gone without a trace."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.image.shell import Failed, claim, run

# Of its own, so that it meets no other engine's; nothing here is ever reached but by its host.
BRIDGE = "10.212.0.1/24"
NETWORKS = "10.213.0.0/16"
NETWORKS_OF_DOCKER = {"bridge", "host", "none"}
_FORWARDS = Path("/proc/sys/net/ipv4/ip_forward")
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Machine:
    """What the engine changes of a machine."""

    rules: list[str]
    links: set[str]
    forwards: str
    mounts: list[str]

    @classmethod
    def look(cls) -> Machine:
        """Return how it is now."""
        rules = [
            f"{table} {line}"
            for table in ("filter", "nat", "raw", "mangle")
            for line in run("iptables", "-t", table, "-S").splitlines()
        ]
        mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if "banyan-image" in line]
        return cls(rules, set(os.listdir("/sys/class/net")), _FORWARDS.read_text().strip(), mounts)


@dataclass(frozen=True)
class Engine:
    """A running engine; `env` leads `docker` to it."""

    env: dict[str, str]

    def docker(self, *words: str | Path, **options: object) -> str:
        """Return what a `docker` command says."""
        return run("docker", *words, env=self.env, **options)  # type: ignore[arg-type]

    def sweep(self) -> None:
        """Remove what a run has left that was killed."""
        for kind, words in (("ps", ["rm", "--force"]), ("volume", ["volume", "rm"])):
            if names := self.names(kind):
                self.docker(*words, *names)
        for network in self.names("network") - NETWORKS_OF_DOCKER:
            self.docker("network", "rm", network)

    def names(self, kind: str) -> set[str]:
        """Return what there is: of `ps`, `volume` or `network`."""
        words = {"ps": ["ps", "-a", "--format", "{{.Names}}"]}.get(
            kind, [kind, "ls", "--format", "{{.Name}}"]
        )
        return set(self.docker(*words).split())


def favour(group: str) -> None:
    """Give containers more than the share of one process, which a group has in all from the start."""
    for file, share in (
        (_GROUPS / "cpu" / group / "cpu.shares", 20_480),
        (_GROUPS / group / "cpu.weight", 2_000),
    ):
        if file.exists():
            file.write_text(str(share))


@contextmanager
def engine(cache: Path, config: Path) -> Iterator[Engine]:
    """Run an engine; what it downloads and builds stays in the cache, nothing else stays."""
    with _alone(cache):
        before = Machine.look()
        home = Path("/run") / f"banyan-image-{os.getpid()}"
        home.mkdir(mode=0o700)
        volumes = cache / "engine" / "volumes"
        volumes.mkdir(parents=True, exist_ok=True)
        # In memory: four PostgreSQL would wait for a disk that others use, and nothing here is worth keeping.
        run("mount", "-t", "tmpfs", "-o", "size=4g,mode=701", "banyan-image", volumes)
        process = None
        try:
            process = _start(home, cache / "engine")
            running = Engine({"DOCKER_HOST": f"unix://{home}/docker.sock", "DOCKER_CONFIG": str(config)})
            running.sweep()
            yield running
        finally:
            if process is not None:
                _end(process)
            run("umount", volumes)
            _restore(before)
            run("rm", "-rf", home)
    after = Machine.look()
    claim(after == before, "no rule, no network interface, no mount and no engine is left")


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Wait until no other run uses the cache."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(home: Path, data: Path) -> subprocess.Popen[bytes]:
    """
    Start an engine and wait until it answers.

    :raises Failed: if it ends, with what it said
    """
    settings = {
        "data-root": str(data),
        "exec-root": str(home / "exec"),
        "pidfile": str(home / "pid"),
        "hosts": [f"unix://{home}/docker.sock"],
        "bip": BRIDGE,
        "default-address-pools": [{"base": NETWORKS, "size": 24}],
        "features": {"buildkit": True},
    }
    (home / "daemon.json").write_text(json.dumps(settings))
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["dockerd", "--config-file", str(home / "daemon.json")],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PATH": f"/usr/sbin:/sbin:{os.environ['PATH']}"},
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(Failed):
            run("docker", "info", env={"DOCKER_HOST": f"unix://{home}/docker.sock"}, within=10)
            return process
        time.sleep(0.2)
    said = log.read_text(errors="replace")[-4000:]
    _end(process)
    raise Failed(f"No Docker engine can be had here:\n{said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the engine, which ends its containers."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _restore(before: Machine) -> None:
    """Take away the rules and interfaces that the engine added; those of others stay."""
    for rule in reversed([rule for rule in Machine.look().rules if rule not in before.rules]):
        table, verb, *words = rule.split()
        if verb == "-A":
            run("iptables", "-t", table, "-D", *words)
    for rule in [rule for rule in Machine.look().rules if rule not in before.rules]:
        table, verb, chain, *_ = rule.split()
        if verb == "-N":
            run("iptables", "-t", table, "-F", chain)
            run("iptables", "-t", table, "-X", chain)
    for rule in before.rules:
        table, verb, *words = rule.split()
        if verb == "-P":
            run("iptables", "-t", table, "-P", *words)
    for link in set(os.listdir("/sys/class/net")) - before.links:
        if re.fullmatch(r"docker0|br-[0-9a-f]{12}|veth[0-9a-f]+", link):
            run("ip", "link", "delete", link)
    _FORWARDS.write_text(before.forwards)
    for group in [_GROUPS / "docker", *_GROUPS.glob("*/docker")]:
        with suppress(OSError):
            group.rmdir()
