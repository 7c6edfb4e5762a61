"""What a test may do to servers and processes: kill, start, empty; whatever it did is undone after it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import httpx
from django.db import connections

from deploy.embedded import ports
from deploy.embedded.applications import Applications
from deploy.embedded.process import Process
from deploy.embedded.program import Program
from deploy.embedded.throwaway import Throwaway
from sharding.backend import breaker
from tests.kit.boot import SETTINGS
from tests.kit.brokers import broker_at
from tests.kit.forks import ForkedProcess, ForkServer, ForkServers

TIMEOUT = 30.0
P = TypeVar("P", bound=Process)


class Api(ForkedProcess):
    """A running gunicorn."""

    url = ""

    @property
    def answers(self) -> bool:
        """Whether it serves: it was neither killed nor stopped."""
        try:
            return self.is_running and httpx.get(f"{self.url}/healthz", timeout=1).status_code == 200
        except httpx.HTTPError:
            return False


class IdleApis:
    """
    APIs that earlier tests have left, each for the next one that asks for the same settings.

    They hold no state, so they may outlive a test; starting one takes seconds. So does what starts them.
    """

    MOST = 3

    def __init__(self) -> None:
        self._waiting: list[tuple[object, Api]] = []
        self.forks = ForkServers()

    def take(self, settings: object) -> Api | None:
        """Return one of these settings, if there is any."""
        for at, (its, api) in enumerate(self._waiting):
            if its == settings:
                del self._waiting[at]
                return api
        return None

    def leave(self, settings: object, api: Api) -> None:
        """Leave one that still serves; the oldest makes room."""
        self._waiting.append((settings, api))
        if len(self._waiting) > self.MOST:
            _, oldest = self._waiting.pop(0)
            oldest.kill()

    def end(self) -> None:
        """Kill all of them."""
        for _, api in self._waiting:
            api.kill()
        self._waiting.clear()

    def close(self) -> None:
        """Kill all of them, and what starts them."""
        self.end()
        self.forks.close()


class Machines:
    """The `stack` fixture."""

    def __init__(self, throwaway: Throwaway, idle: IdleApis) -> None:
        self._throwaway = throwaway
        self._idle = idle
        self._apis: list[tuple[object, Api]] = []
        self._processes: list[Process] = []
        self.python = sys.executable
        self.env = {**throwaway.env, "DJANGO_SETTINGS_MODULE": SETTINGS, "BANYAN_LOG_LEVEL": "INFO"}
        self.env["BANYAN_LIMITS"] = "off"  # tests of limits switch them on

    def kill(self, alias: str) -> None:
        """Kill -9 the server behind a Django alias (`default`, `a`, `b`, `a_replica1`)."""
        self._throwaway.process(alias).kill()

    def start(self, alias: str) -> None:
        """Start a killed server again and wait until it answers."""
        self._throwaway.process(alias).start()

    def freeze(self, alias: str) -> None:
        """Stop every process of a server (SIGSTOP): its sockets stand, and nobody answers."""
        self._throwaway.process(alias).freeze()

    def thaw(self, alias: str) -> None:
        """Let a frozen server go on."""
        self._throwaway.process(alias).thaw()

    def run_sql(self, alias: str, statement: str) -> None:
        """Run a statement on a server, whatever is done to this process's own connections."""
        topology = self._throwaway.topology
        servers = {"default": topology.primaries["directory"], **topology.primaries, **topology.replicas}
        with servers[alias].connect() as connection:
            connection.execute(statement.encode())

    @contextmanager
    def paused_replay(self, replica: str) -> Iterator[None]:
        """Let a replica receive and not replay; it goes on afterwards, whatever happens."""
        self.run_sql(replica, "SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.run_sql(replica, "SELECT pg_wal_replay_resume()")

    def stop_redis(self) -> None:
        """Stop Redis; it keeps nothing."""
        self.kill("redis")

    def start_redis(self) -> None:
        """Start Redis, empty, and wait until it answers."""
        self.start("redis")

    def flush_redis(self) -> None:
        """Wipe every database of Redis: caches, windows, the broker's queues."""
        self._throwaway.topology.redis.command("FLUSHALL")

    def lose_broker(self) -> None:
        """Have the broker lose all that it holds."""
        self.flush_redis()

    @property
    def mails(self) -> Path:
        """The folder into which workers send."""
        return self._throwaway.layout.mails

    def queue_length(self, queue: str) -> int:
        """Return how many messages wait at the broker."""
        with broker_at(self.env["BANYAN_BROKER_URL"]) as broker:
            return broker.queue_length(queue)

    def put_into_queue(self, queue: str, message: bytes) -> None:
        """Put anything at all where the broker keeps messages."""
        with broker_at(self.env["BANYAN_BROKER_URL"]) as broker:
            broker.put(queue, message)

    def outbox_is_empty(self) -> bool:
        """Return whether no event waits for its deliveries and no delivery for its effect, anywhere."""
        waiting = "select exists (select from outbox_event) or exists (select from outbox_delivery)"
        for server in self._throwaway.topology.primaries.values():
            with server.connect() as connection:
                row = connection.execute(waiting).fetchone()
            if row is None or row[0]:
                return False
        return True

    def clients(self) -> set[object]:
        """Return what those call themselves who are connected to a primary."""
        found: set[object] = set()
        for server in self._throwaway.topology.primaries.values():
            with server.connect() as connection:
                found |= {
                    row[0] for row in connection.execute("select application_name from pg_stat_activity")
                }
        return found

    def run_api(self, **env: str) -> Api:
        """Return gunicorn on a free port; `.url` says where, and it answers `/healthz`."""
        settings = {**self.env, **env, "python": self.python}
        api = self._idle.take(settings) or self._start_api(env)
        self._apis.append((settings, api))
        return api

    def _start_api(self, env: dict[str, str]) -> Api:
        with ports.listen() as held:
            port = ports.port_of(held)
            url = f"http://127.0.0.1:{port}"
            # Discovery names the public address: another's would lead clients to whoever listens there.
            applications = self._applications({"BANYAN_PUBLIC_URL": url, **env})
            program = applications.api(held)
            api = Api(program, self._throwaway.layout.logs / f"api-{port}.log", self._fork_server(program))
            api.url = url
            api.start()
            return api

    def run_media(self, **env: str) -> str:
        """Start the server of the folder of media on a free port, and return where it answers."""
        port = ports.free_port()
        log = self._throwaway.layout.logs / f"media-{port}.log"
        program = self._applications(env).media(port)
        self._run(ForkedProcess(program, log, self._fork_server(program)))
        return f"http://localhost:{port}"

    def run_realtime(self, port: int = 0, /, **env: str) -> Api:
        """Start the process that holds sockets, on a port that was another's or on a free one."""
        port = port or ports.free_port()
        program = self._applications(env).realtime(port)
        log = self._throwaway.layout.logs / f"realtime-{port}-{time.monotonic_ns()}.log"
        realtime = Api(program, log, self._fork_server(program))
        realtime.url = f"http://127.0.0.1:{port}"
        return self._run(realtime)

    def run_relay(self, **env: str) -> Process:
        """Start the relay of all instances; it is ready when it says so."""
        return self._run_until(self._applications(env).relay(), lambda log: "Relaying" in log())

    def run_beat(self, **env: str) -> Process:
        """Start the clock; it is ready when it has written down when it started."""
        state = self._throwaway.layout.state
        for written in state.glob("beat*"):
            written.unlink()
        return self._run_until(self._applications(env).beat(), lambda log: any(state.glob("beat*")))

    def run_worker(self, changed: Callable[[Program], Program] = lambda same: same, /, **env: str) -> Process:
        """Start a Celery worker of all queues; it is ready when it waits at the broker."""
        living = sum(each.is_running for each in self._processes if each.program.name == "worker")
        with broker_at(self.env["BANYAN_BROKER_URL"]) as broker:
            until(lambda: broker.has_missed(living))
            listens = broker.newcomer(living)
            return self._run_until(changed(self._applications(env).worker()), lambda log: listens())

    def restore(self) -> None:
        """Kill what the test started, undo what it did to servers, throw its mails away; APIs may stay."""
        servers = self._throwaway.processes.values()
        frozen = [server for server in servers if server.is_frozen]
        for server in frozen:
            server.thaw()
        for process in self._processes:
            process.kill()
        self._processes.clear()
        for mail in self.mails.glob("*.log"):
            mail.unlink()
        dead = [server for server in servers if not server.is_running]
        self._leave_apis(have_met_an_outage=bool(dead or frozen))
        for server in dead:
            server.start()
        if dead or frozen:
            connections.close_all()
            breaker.close_all()

    def _leave_apis(self, *, have_met_an_outage: bool) -> None:
        if have_met_an_outage:  # their breakers are open, and they will not tell of the next one for a while
            self._idle.end()
        for settings, api in self._apis:
            if have_met_an_outage or not api.answers:
                api.kill()
            else:
                self._idle.leave(settings, api)
        self._apis.clear()

    def _applications(self, env: dict[str, str]) -> Applications:
        beat_schedule = self._throwaway.layout.state / "beat"
        return Applications({**self.env, **env}, beat_schedule, self.python)

    def _run_until(self, program: Program, is_ready: Callable[[Callable[[], str]], bool]) -> Process:
        log = self._throwaway.layout.logs / f"{program.name}-{len(self._processes)}-{time.monotonic_ns()}.log"
        ready = replace(program, is_ready=lambda: is_ready(lambda: log.read_text(errors="replace")))
        return self._run(ForkedProcess(ready, log, self._fork_server(ready)))

    def _run(self, process: P) -> P:
        self._processes.append(process)
        process.start()
        return process

    def _fork_server(self, program: Program) -> ForkServer | None:
        """Return who starts a program; under another Python nobody does but that Python."""
        return self._idle.forks.serving(program, self.env) if self.python == sys.executable else None


class Deliverers:
    """A relay and a worker that many tests use: one may kill them, and the next finds them running."""

    def __init__(self, machines: Machines) -> None:
        self._machines = machines
        self.relay, self.worker = machines.run_relay(), machines.run_worker()

    def run_relay(self, **env: str) -> None:
        """Start a relay in place of the one that was killed."""
        self.relay = self._machines.run_relay(**env)

    def run_worker(self, **env: str) -> None:
        """Start a worker in place of the one that was killed."""
        self.worker = self._machines.run_worker(**env)

    def kill(self) -> None:
        """Kill both."""
        self.relay.kill()
        self.worker.kill()

    def restore(self) -> None:
        """Start what was killed and not started again."""
        if not self.relay.is_running:
            self.run_relay()
        if not self.worker.is_running:
            self.run_worker()


def until(condition: Callable[[], object], *, within: float = TIMEOUT) -> None:
    """
    Wait until a condition holds; fail the test when it does not in time.

    It is asked less often the longer that takes: to ask may cost a server a request, and takes the cores from
    what is waited for.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        assert waited < within, "the condition did not come true in time"
        time.sleep(min(max(0.02, waited / 10), 0.2))
