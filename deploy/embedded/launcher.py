"""`make up`: every server and process of Banyan, in order, kept running until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Coroutine

from deploy.embedded import checkout, farewell, ports
from deploy.embedded.applications import Applications
from deploy.embedded.console import Console
from deploy.embedded.errors import StackError
from deploy.embedded.layout import Layout
from deploy.embedded.program import Program
from deploy.embedded.schema import Notes
from deploy.embedded.supervised import Supervised
from deploy.embedded.topology import REPLICAS, Topology

LAST_WORDS = 20
STEPS = ("migrate", "demo")
APPLICATIONS = ("api", "media", "realtime", "worker", "beat", "relay", "flower")
FLOWER_PORT = 5555


class Launcher:
    """The servers and processes of one checkout."""

    def __init__(self, layout: Layout, held: socket.socket) -> None:
        self._began = time.monotonic()
        self._layout = layout
        # Ours until the end: an API that starts again finds its port as it left it.
        self._held = held
        self._ports = checkout.known_ports(layout)
        self._topology: Topology = checkout.describe(layout)
        preset = {
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "BANYAN_LOG_FORMAT": "human",
            # Whoever tries it out signs people up from one address all day.
            "BANYAN_SIGN_UPS": "200",
        }
        env = {**preset, **os.environ, **checkout.variables(layout, self._ports)}
        self._applications = Applications(env, layout.state / "beat-schedule")
        names = [*self._topology.primaries, *self._topology.replicas, "redis", *STEPS, *APPLICATIONS]
        self.console = Console(names, layout.logs)
        self._stages: list[list[Supervised]] = []
        self._stopping = asyncio.Event()

    async def run(self) -> int:
        """Start everything, wait for the word to stop, stop everything; return the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
        status = 0
        if starting.done() and (error := starting.exception()) is not None:
            self.console.say(_explain(error))
            status = 1
        else:
            await stopping
        await self._stop(starting)
        return status

    async def _start(self) -> None:
        await self._start_servers()
        await self._migrate()
        await self._start_applications()
        await self._seed()
        access = await self._access()
        flower = await self._start_flower()
        for line in farewell.lines(self._ports, flower, access, time.monotonic() - self._began):
            # A session token and a password are nothing for a log.
            self.console.say(line, is_secret=line.startswith(("  Log-in", "  Try")))

    async def _start_servers(self) -> None:
        """Start Redis beside the primaries, and each replica as soon as its own primary is there."""
        self._stages += [[], []]
        redis = self._supervise(self._topology.redis.program(), stage=0)
        await _together(redis.start(), *map(self._start_primary, self._topology.primaries))

    async def _start_primary(self, name: str) -> None:
        server = self._topology.primaries[name]
        if not server.exists:
            self.console.say(f"Creating {name} …")
        await asyncio.to_thread(server.create)
        await self._supervise(server.program(), stage=0).start()
        await asyncio.to_thread(server.create_database)
        await _together(*(self._start_replica(copy, name) for copy, of in REPLICAS.items() if of == name))

    async def _start_replica(self, name: str, primary: str) -> None:
        server = self._topology.replicas[name]
        await asyncio.to_thread(server.create_replica_of, self._topology.primaries[primary])
        await self._supervise(server.program(), stage=1).start()

    async def _migrate(self) -> None:
        notes = Notes(self._layout)
        if not notes.is_migrated:
            self.console.say(
                f"Migrating the databases; each step stands in {self._layout.logs}/migrate.log …"
            )
            await self._manage("migrate", ["shards", "migrate", "--resume"], is_shown=False)
            notes.migrated()

    async def _seed(self) -> None:
        """Offer the demo, once everything runs that carries its posts to its timelines."""
        notes = Notes(self._layout)
        if not notes.is_seeded:
            await self._manage("demo", ["demo", "--if-empty"])
            notes.seeded()

    async def _start_applications(self) -> None:
        """Start the API first: two cores are soon busy, and it is what people wait for."""
        of = self._applications
        self._stages.append([])
        await self._supervise(of.api(self._held), stage=-1).start()
        media, realtime = of.media(self._ports.media), of.realtime(self._ports.realtime)
        programs = (media, realtime, of.worker(), of.beat(), of.relay())
        others = [self._supervise(program, stage=-1) for program in programs]
        await _together(*(other.start() for other in others))

    async def _start_flower(self) -> int:
        """Start Flower last, for nobody waits for it, and return where it will answer."""
        with ports.hold_near(FLOWER_PORT) as held:
            port = ports.port_of(held)
        await self._supervise(self._applications.flower(port), stage=-1).start()
        return port

    def _supervise(self, program: Program, *, stage: int) -> Supervised:
        supervised = Supervised(program, self.console, self._layout.records)
        self._stages[stage].append(supervised)
        return supervised

    async def _access(self) -> str:
        """Return what `demo --print-access` prints; without a demo there is none to log in as."""
        with contextlib.suppress(StackError):
            return await self._manage("demo", ["demo", "--print-access"], is_quiet=True)
        return ""

    async def _manage(
        self, name: str, words: list[str], *, is_quiet: bool = False, is_shown: bool = True
    ) -> str:
        """Run a management command, log what it prints unless it is secret, show it, and return it."""
        program = self._applications.manage(words)
        process = await asyncio.create_subprocess_exec(
            *program.command(),
            cwd=program.cwd,
            env=dict(program.env),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL if is_quiet else STDOUT,
        )
        assert process.stdout is not None
        printed = []
        try:
            async for raw in process.stdout:
                printed.append(raw.decode(errors="replace").rstrip("\n"))
                if not is_quiet:
                    self.console.line(name, printed[-1], is_quiet=not is_shown)
            code = await process.wait()
        except asyncio.CancelledError:
            process.terminate()
            raise
        if code:
            for line in [] if is_shown else printed[-LAST_WORDS:]:
                self.console.line(name, line)
            raise StackError(f"`manage.py {' '.join(words)}` failed; its last words are above.")
        return "\n".join(printed)

    def _on_signal(self) -> None:
        if self._stopping.is_set():
            self.console.say("Killing what is left.")
            for supervised in self._everyone():
                supervised.kill()
        self._stopping.set()

    async def _stop(self, starting: asyncio.Task[None]) -> None:
        """Stop what uses before what is used: applications, replicas, primaries and Redis."""
        self._stopping.set()
        self.console.say("Stopping …")
        starting.cancel()
        await asyncio.wait([starting])
        self._held.close()  # so that nobody waits for an answer behind the API's end
        for stage in reversed(self._stages):
            await asyncio.gather(*(supervised.stop() for supervised in stage))
        self.console.say("Stopped. The data stays; `make up` continues with it.")

    def _everyone(self) -> list[Supervised]:
        return [supervised for stage in self._stages for supervised in stage]


async def _together(*jobs: Coroutine[object, object, None]) -> None:
    """Run jobs at once; when one fails the others are cancelled and its error is raised."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job)


def _explain(error: BaseException) -> str:
    """Return the message of the first error in a group that was meant for people."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) if isinstance(error, StackError) else f"{type(error).__name__}: {error}"
