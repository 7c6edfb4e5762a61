"""`make up` and its neighbors: one stack, in the order in which a person would treat it badly."""

from __future__ import annotations

import json
import shutil
import socket
import stat
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import psutil
import pytest

from deploy.embedded.alive import is_alive
from deploy.embedded.layout import throwaway_layout
from deploy.embedded.lock import Lock
from tests.kit.machines import until
from tests.stack.launch import TIMEOUT, Launch

EVERYTHING = {
    *("directory", "a", "b", "a_replica1", "redis"),
    *("api", "media", "realtime", "worker", "beat", "relay", "flower"),
}

pytestmark = pytest.mark.timeout(240)


class Twice(NamedTuple):
    """A stack that runs, and what `make up` said that was begun beside it while it started."""

    launch: Launch
    status: int
    said: list[str]


@pytest.fixture(scope="module")
def twice() -> Iterator[Twice]:
    # Not pytest's folder: that is private, and the servers' user has to pass.
    folder = throwaway_layout().home
    folder.chmod(0o711)
    launch = Launch(folder / "banyan")
    launch.launch()
    until(lambda: Lock(launch.home).holder())
    second = launch.ask("up")
    launch.await_up()
    yield Twice(launch, second.returncode, second.stdout.splitlines())
    launch.end()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def launch(twice: Twice) -> Launch:
    return twice.launch


def healthz(launch: Launch) -> int:
    with urllib.request.urlopen(f"{launch.url}/healthz", timeout=5) as answer:
        status: int = answer.status
    return status


def page(url: str) -> str:
    """Return a page, or nothing while nobody answers there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            text: str = answer.read().decode()
    except OSError:
        return ""
    return text


def listening(process: psutil.Process) -> list[Any]:
    """Return the sockets of a process to which others can connect."""
    return [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]


def printed(launch: Launch) -> str:
    """Return the address that was printed for people."""
    line = next(line for line in reversed(launch.output().splitlines()) if "  API  " in line)
    return line.split()[-1].removesuffix("/v1/")


def issuer(launch: Launch) -> str:
    """Return who the service at the printed address says that it is."""
    with urllib.request.urlopen(f"{printed(launch)}/.well-known/openid-configuration", timeout=5) as answer:
        metadata = json.load(answer)
    assert metadata["token_endpoint"] == f"{metadata['issuer']}/identity/o/api/token"
    return str(metadata["issuer"])


def kill(launch: Launch, name: str) -> psutil.Process:
    """Kill -9 a process and wait until another one has taken its place."""
    killed = launch.process(name)
    backs = launch.output().count(f"{name} is back.")
    killed.kill()
    until(lambda: launch.output().count(f"{name} is back.") > backs, within=TIMEOUT)
    return killed


class TestUp:
    def test_begun_twice_runs_once_and_the_second_says_where_as_soon_as_it_answers(self, twice):
        url = f"http://localhost:{twice.launch.port}"

        assert (twice.status, twice.said[:2]) == (
            0,
            [f"Banyan is starting: {url}/", f"Banyan is already up: {url}/"],
        )

    def test_runs_every_server_and_process(self, launch):
        assert set(launch.processes()) == EVERYTHING
        assert all(is_alive(process) for process in launch.processes().values())

    def test_answers_on_the_wanted_port(self, launch):
        assert launch.url == f"http://127.0.0.1:{launch.port}"
        assert healthz(launch) == 200

    def test_prints_the_address_that_its_tokens_name(self, launch):
        assert printed(launch) == issuer(launch) == f"http://localhost:{launch.port}"
        assert f"already up: {issuer(launch)}/" in launch.ask("up").stdout

    def test_prints_a_curl_line_with_a_working_token(self, launch):
        line = next(line for line in launch.output().splitlines() if "curl -H" in line)
        token = line.split("X-Session-Token: ")[1].split("'")[0]
        request = urllib.request.Request(line.split("'")[-2], headers={"X-Session-Token": token})

        with urllib.request.urlopen(request, timeout=10) as answer:
            page = json.load(answer)

        assert all(token not in log.read_text() for log in (launch.home / "logs").iterdir())
        assert set(page) == {"data", "included", "state", "next", "prev", "partial", "missing"}

    def test_shows_workers_where_it_says_and_to_this_machine_alone(self, launch):
        line = next(line for line in launch.output().splitlines() if "  Flower  " in line)
        url = line.split("Flower")[1].split()[0]

        until(lambda: "celery@" in page(url), within=TIMEOUT)

        assert {each.laddr.ip for each in listening(launch.process("flower"))} == {"127.0.0.1"}

    def test_streams_from_a_to_its_replica(self, launch):
        assert (
            launch.sql("a", "select application_name, state from pg_stat_replication")
            == "a_replica1|streaming"
        )

    def test_has_a_log_of_everything(self, launch):
        until(lambda: (launch.home / "logs" / "beat.log").exists())

        assert {path.stem for path in (launch.home / "logs").iterdir()} >= EVERYTHING

    def test_writes_for_nobody_else_to_read(self, launch):
        servers = {launch.home / "data", launch.home / "sockets"}
        ours = [path for path in launch.home.rglob("*") if not servers & {path, *path.parents}]

        assert [path for path in ours if stat.S_IMODE(path.stat().st_mode) & 0o077] == []

    def test_keeps_its_secrets_to_itself(self, launch):
        secrets = launch.home / "secrets.json"

        assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
        assert all(secret not in launch.output() for secret in json.loads(secrets.read_text()).values())

    def test_says_so_when_it_already_runs(self, launch):
        second = launch.ask("up")

        assert second.returncode == 0
        assert second.stdout.startswith(f"Banyan is already up: http://localhost:{launch.port}/")
        assert all(is_alive(process) for process in launch.processes().values())

    @pytest.mark.parametrize("name", ["a", "redis", "worker"])
    def test_brings_back_what_is_killed(self, launch, name):
        killed = kill(launch, name)

        assert launch.process(name) != killed
        assert healthz(launch) == 200

    def test_keeps_the_port_while_the_api_is_away(self, launch):
        api = launch.process("api")
        api.suspend()
        api.kill()

        with pytest.raises(OSError, match="in use"):
            socket.create_server(("127.0.0.1", launch.port))
        until(lambda: launch.output().count("api is back."), within=TIMEOUT)
        assert launch.url == f"http://127.0.0.1:{launch.port}"
        assert healthz(launch) == 200

    def test_continues_with_the_data_on_another_port_after_kill_9_of_the_launcher(self, launch):
        launch.sql("a", "create table kept (word text)")
        launch.sql("a", "insert into kept values ('still here')")
        orphans = launch.processes()

        launch.kill_launcher()
        until(lambda: not is_alive(orphans["api"]), within=TIMEOUT)
        with closing(socket.create_server(("127.0.0.1", launch.port))):
            launch.begin()

            assert f"Port {launch.port} is taken; the API listens on" in launch.output()
            assert launch.url != f"http://127.0.0.1:{launch.port}"
            assert healthz(launch) == 200
            assert printed(launch) == issuer(launch) == launch.url.replace("127.0.0.1", "localhost")
            assert launch.sql("a", "select word from kept") == "still here"
            assert not any(is_alive(process) for process in orphans.values())
            # What is done is not done again.
            assert "migrate " not in launch.output()


class TestLogs:
    def test_shows_what_a_process_wrote(self, launch):
        shown = launch.ask("logs", "banyan", "--no-follow", "-n", "100")

        assert "banyan | Banyan is up after" in shown.stdout

    def test_names_a_log_that_does_not_exist(self, launch):
        shown = launch.ask("logs", "nonsense", "--no-follow")

        assert (shown.returncode, shown.stderr) == (1, "There is no log of nonsense.\n")


class TestDown:
    def test_stops_everything_in_reverse_order(self, launch):
        running = launch.processes()

        down = launch.ask("down")

        assert down.stdout == "Stopping …\nBanyan is down.\n"
        assert launch.status() == 0
        assert not any(is_alive(process) for process in running.values())
        assert launch.processes() == {}

    def test_says_so_when_nothing_runs(self, launch):
        assert launch.ask("down").stdout == "Banyan was not up.\n"


class TestReset:
    def test_deletes_nothing_in_a_rehearsal(self, launch):
        rehearsal = launch.ask("reset", "--dry-run")

        assert f"Would delete {launch.home / 'data'}" in rehearsal.stdout
        assert (launch.home / "data" / "a" / "PG_VERSION").exists()

    def test_deletes_nothing_unless_someone_agrees(self, launch):
        refused = launch.ask("reset")

        assert refused.returncode == 1
        assert (launch.home / "data" / "a" / "PG_VERSION").exists()

    def test_deletes_the_data_when_forced(self, launch):
        launch.ask("reset", "--force")

        assert not (launch.home / "data").exists()
        assert launch.ask("reset", "--force").stdout == "There is nothing to delete.\n"
