"""
A RabbitMQ 4 for tests: of Debian trixie, in a root file system of its own beside this machine's Debian.

It listens on the loopback alone, on ports and in a folder of its own, as the user `rabbitmq` of that system.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import amqp

from deploy.embedded.account import Account
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.process import Process
from deploy.embedded.program import Program, server_env

PACKAGE, SUITE = "rabbitmq-server", "trixie"
CONFIG = """\
listeners.tcp.1 = {host}:{port}
default_user = banyan
default_pass = {password}
log.console = true
log.console.level = warning
log.file = false
# What it finds out by /proc elsewhere.
vm_memory_high_watermark.absolute = 512MB
"""
AS_RABBITMQ = (
    *("/usr/bin/setpriv", "--reuid=rabbitmq", "--regid=rabbitmq", "--clear-groups"),
    # After the change of user, which forgets it: nothing outlives the tests.
    *("--pdeathsig=KILL", "--"),
)


def root_of_rabbitmq() -> Path:
    """
    Return the file system, made once on this machine: it takes half a minute and 240 MB.

    :raises RuntimeError: if it cannot be had: these tests are never skipped
    """
    if os.geteuid() != 0:
        raise RuntimeError("RabbitMQ's file system is made and entered by root alone")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "banyan-broker"
    root = cache / f"{SUITE}-{PACKAGE}"
    if not root.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=cache))
        try:
            _install_mmdebstrap()
            _run("mmdebstrap", "--variant=minbase", f"--include={PACKAGE}", SUITE, str(unfinished))
            unfinished.chmod(0o755)
            unfinished.rename(root)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return root


def _install_mmdebstrap() -> None:
    if shutil.which("mmdebstrap") is None:
        _run("apt-get", "update", "-q")
        _run("apt-get", "install", "-q", "-y", "--no-install-recommends", "mmdebstrap")


def _run(*command: str) -> None:
    """:raises RuntimeError: with the end of what it said, if it fails"""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")


class RabbitMQ:
    """One node, and the epmd that tells its name; both end with the process that started them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.home = Path(tempfile.mkdtemp(prefix="banyan-", dir=root / "var/lib/rabbitmq"))
        self._inside = Path("/") / self.home.relative_to(root)
        self._port, epmd, between_nodes = free_port(), free_port(), free_port()
        self._password = secrets.token_hex(16)
        self._env = {
            **server_env(self._inside),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "ERL_EPMD_PORT": str(epmd),
            "RABBITMQ_NODENAME": f"{self.home.name}@localhost",
            "RABBITMQ_DIST_PORT": str(between_nodes),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(self._inside / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._inside / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(self._inside / "data"),
            "RABBITMQ_LOG_BASE": str(self._inside / "logs"),
            "RABBITMQ_PID_FILE": str(self._inside / "pid"),
        }
        names = ["/usr/bin/epmd", "-address", LOOPBACK, "-port", str(epmd)]
        self._names = self._process("epmd", names, lambda: True)
        self._node = self._process("rabbitmq", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], self.answers)

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"amqp://banyan:{self._password}@{LOOPBACK}:{self._port}//"

    def start(self) -> None:
        """Start it with whatever its folder holds."""
        self._configure()
        if not self._names.is_running:
            self._names.start()
        self._node.start()

    def lose_everything(self) -> None:
        """Kill it (`kill -9`), throw away what it kept, and start it."""
        self._node.kill()
        shutil.rmtree(self.home / "data")
        self.start()

    def freeze(self) -> None:
        """Stop it (SIGSTOP): its sockets stand, and nobody answers."""
        self._node.freeze()

    def thaw(self) -> None:
        """Let it go on."""
        self._node.thaw()

    def end(self) -> None:
        """Kill it and remove its folder."""
        self._node.thaw()
        self._node.kill()
        self._names.kill()
        shutil.rmtree(self.home)

    def answers(self) -> bool:
        """Return whether it lets its user in."""
        with contextlib.suppress(OSError, amqp.AMQPError), self.connect():
            return True
        return False

    def connect(self) -> amqp.Connection:
        """Return a connection, to be used in a `with` block."""
        return amqp.Connection(
            f"{LOOPBACK}:{self._port}", userid="banyan", password=self._password, connect_timeout=5
        )

    def _configure(self) -> None:
        said = CONFIG.format(host=LOOPBACK, port=self._port, password=self._password)
        (self.home / "rabbitmq.conf").write_text(said)
        (self.home / "plugins").write_text("[].\n")
        owner = (self._root / "var/lib/rabbitmq").stat()
        for path in (self.home, *self.home.iterdir()):
            os.chown(path, owner.st_uid, owner.st_gid)

    def _process(self, name: str, command: list[str], is_ready: Callable[[], bool]) -> Process:
        program = Program(
            name=name,
            argv=["/usr/sbin/chroot", str(self._root), *AS_RABBITMQ, *command],
            cwd=self._root,
            account=Account(name="", uid=0, gid=0, switches=False),
            is_ready=is_ready,
            env=self._env,
        )
        return Process(program, self.home / f"{name}.log")


@contextlib.contextmanager
def running() -> Iterator[RabbitMQ]:
    """Run one for a `with` block; nothing of it is left."""
    rabbitmq = RabbitMQ(root_of_rabbitmq())
    try:
        rabbitmq.start()
        yield rabbitmq
    finally:
        rabbitmq.end()


if __name__ == "__main__":  # before pytest, whose tests have less time than a download may take
    root_of_rabbitmq()
