"""A program that is kept running: started again with growing pauses whenever it ends by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from pathlib import Path

from deploy.embedded import records
from deploy.embedded.console import Console
from deploy.embedded.errors import StackError
from deploy.embedded.program import Program

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
STEADY_AFTER = 10.0  # seconds up, after which an end counts as the first
FIRST_TRIES = 6
POLL = 0.03


class Supervised:
    """One program in the care of the launcher."""

    def __init__(self, program: Program, console: Console, records_folder: Path) -> None:
        self.program = program
        self._console = console
        self._records = records_folder
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._was_ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tries = 0

    async def start(self) -> None:
        """
        Start the program and return when it is ready; from then on it is kept running.

        :raises StackError: if it ends again and again, or takes too long
        """
        self._keeper = asyncio.create_task(self._keep(), name=self.program.name)
        ready = asyncio.create_task(self._was_ready.wait())
        await asyncio.wait(
            [ready, self._keeper],
            timeout=self.program.ready_within,
            return_when=asyncio.FIRST_COMPLETED,
        )
        ready.cancel()
        if not self._was_ready.is_set():
            raise StackError(f"{self.program.name} does not start; its last words are above.")

    async def stop(self) -> None:
        """Ask the program to end and wait for it; kill it when its time is up."""
        self._stopping.set()
        if self._keeper is None:
            return
        self._signal(self.program.stop_signal)
        done, _ = await asyncio.wait([self._keeper], timeout=self.program.stop_within)
        if not done:
            self._console.say(f"{self.program.name} does not stop in time and is killed.")
            self.kill()
            await asyncio.wait([self._keeper])

    def kill(self) -> None:
        """Kill the program and its family at once."""
        self._stopping.set()
        self._kill_family()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            end = await self._run_once()
            is_hopeless = not self._was_ready.is_set() and self._tries >= FIRST_TRIES
            if self._stopping.is_set() or is_hopeless:
                return
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY_AFTER else pause
            self._console.say(f"{self.program.name} {end}; it starts again in {pause:g} s.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run_once(self) -> str:
        """Run the program from its start to its end, and tell how it ended."""
        self._tries += 1
        # Our own pipe: with PIPE, asyncio's wait() would also wait for the children that inherited it.
        said, heard = os.pipe()
        try:
            await asyncio.to_thread(self.program.prepare)
            process = self._process = await self._spawn(heard)
        except OSError as error:  # a full disk, say: it may pass
            os.close(said)
            return f"could not start ({error})"
        finally:
            os.close(heard)
        if self._stopping.is_set():
            self._signal(self.program.stop_signal)
        records.note(self._records, self.program.name, process.pid, self.program.stop_signal)
        reader = asyncio.create_task(self._read(said))
        watcher = asyncio.create_task(self._watch())
        code = await process.wait()
        watcher.cancel()
        # Its children must not outlive it: they hold ports.
        self._kill_family()
        await asyncio.wait([reader], timeout=1)
        reader.cancel()
        records.forget(self._records, self.program.name)
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    async def _spawn(self, output: int) -> Process:
        program = self.program
        return await asyncio.create_subprocess_exec(
            *program.command(),
            cwd=program.cwd,
            env=dict(program.env),
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
            pass_fds=program.pass_fds,
        )

    async def _watch(self) -> None:
        while not await asyncio.to_thread(self.program.is_ready):  # noqa: ASYNC110  another process's state
            await asyncio.sleep(POLL)
        if self._was_ready.is_set():
            self._console.say(f"{self.program.name} is back.")
        self._was_ready.set()

    async def _read(self, pipe: int) -> None:
        stream, rest = asyncio.StreamReader(), b""
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(pipe, "rb", 0)
        )
        try:
            while chunk := await stream.read(65_536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._pass_on(line)
        finally:
            transport.close()
        if rest:
            self._pass_on(rest)

    def _pass_on(self, line: bytes) -> None:
        text, loud = line.decode(errors="replace"), self.program.loud
        is_quiet = loud is not None and loud.search(text) is None
        self._console.line(self.program.name, text, is_quiet=is_quiet)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._process is not None:
                self._process.send_signal(number)

    def _kill_family(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self._process is not None:
                os.killpg(self._process.pid, signal.SIGKILL)
