"""A stack of its own for a test run: real servers, nothing durable, gone afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGQUIT

from deploy.embedded import secrets, topology
from deploy.embedded.layout import Layout, throwaway_layout
from deploy.embedded.process import Process
from deploy.embedded.program import Program
from deploy.embedded.topology import REPLICAS, Topology


class Throwaway:
    """
    Directory, two instances, a replica and Redis in a temporary folder.

    The addresses are known as soon as it is made; `start` may run while others already read them.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        layout.make()
        self.topology: Topology = topology.build(layout, secrets.generate(), is_durable=False)
        self.processes: dict[str, Process] = {}

    @property
    def env(self) -> dict[str, str]:
        """The variables of config/env.py that lead to this stack."""
        return {**self.topology.env(), "BANYAN_ALLOWED_HOSTS": "localhost,127.0.0.1,testserver"}

    def start(self, like: Path | None = None) -> None:
        """
        Create and start everything, in parallel where one does not need the other.

        :param like: the data of a stack at rest, with which this one begins
        """
        self._launch(self.topology.redis.program())
        with ThreadPoolExecutor() as pool:
            self._create_primaries(pool, like)
            # From this thread: a lifeline hangs on the thread that made the child.
            for server in self.topology.primaries.values():
                self._launch(server.program())
            list(pool.map(self._open_primary, self.topology.primaries))
        for name in REPLICAS:
            self._launch(self.topology.replicas[name].program())
            self.processes[name].await_ready()
        self.processes[self.topology.redis.name].await_ready()

    def rest(self) -> None:
        """End every server so that the databases of the primaries can be copied."""
        for name in ("redis", *REPLICAS):
            self.processes.pop(name).kill()
        for primary in self.processes.values():
            primary.ask_to_end(primary.program.stop_signal)
        for primary in self.processes.values():
            primary.await_end()

    def stop(self) -> None:
        """End every server at once and remove the folder: nothing here is worth a tidy end."""
        redis = self.processes.pop("redis", None)
        if redis is not None:
            redis.kill()
        for server in self.processes.values():
            # Postmasters take SIGQUIT as "immediately"; after SIGKILL their children would be nobody's.
            server.ask_to_end(SIGQUIT)
        for server in self.processes.values():
            server.await_end()
        self.remove()

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.layout.home, ignore_errors=True)
        shutil.rmtree(self.layout.sockets, ignore_errors=True)

    def process(self, alias: str) -> Process:
        """Return the server behind a Django alias, or `redis`."""
        return self.processes["directory" if alias == "default" else alias]

    def _launch(self, program: Program) -> None:
        process = Process(program, self.layout.logs / f"{program.name}.log")
        self.processes[program.name] = process
        process.launch()

    def _create_primaries(self, pool: ThreadPoolExecutor, like: Path | None) -> None:
        copies = list(self.topology.primaries.values())
        if like is None:
            first = copies.pop(0)
            first.create()
        list(pool.map(lambda copy: copy.create_like(like / copy.name if like else first.data), copies))

    def _open_primary(self, name: str) -> None:
        self.processes[name].await_ready()
        for replica, primary in REPLICAS.items():
            if primary == name:
                self.topology.replicas[replica].create_replica_of(self.topology.primaries[primary])
        self.topology.primaries[name].create_database()


@contextmanager
def throwaway_stack(*, migrate: Callable[[dict[str, str]], None] | None = None) -> Iterator[Throwaway]:
    """Run a throwaway stack for a `with` block, migrated first if a function for it is given."""
    stack = Throwaway(throwaway_layout())
    try:
        stack.start()
        if migrate is not None:
            migrate(stack.env)
        yield stack
    finally:
        stack.stop()
