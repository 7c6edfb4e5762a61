"""The parts of the launcher that must hold when something has gone wrong before."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from deploy.embedded import layout as layouts
from deploy.embedded import ports, records, secrets
from deploy.embedded.account import server_account
from deploy.embedded.alive import is_alive
from deploy.embedded.layout import Layout, checkout_layout, throwaway_layout
from deploy.embedded.lifeline import __file__ as lifeline
from deploy.embedded.lock import Lock
from deploy.embedded.process import Process
from deploy.embedded.topology import build
from tests.kit.machines import until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become someone else")
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def run_one_server(layout: Layout) -> object:
    """Create, start, ask and remove one PostgreSQL server."""
    layout.make()
    server = build(layout, secrets.generate(), is_durable=False).primaries["a"]
    server.create()
    process = Process(server.program(), layout.logs / "a.log")
    process.start()
    try:
        return server.ask("select current_setting('wal_level')")
    finally:
        process.stop()


class TestCheckoutLayout:
    @as_root
    def test_moves_the_data_out_of_a_private_home(self, tmp_path, monkeypatch):
        (tmp_path / "private").mkdir(mode=0o700)
        monkeypatch.setenv("BANYAN_HOME", str(tmp_path / "private" / "banyan"))
        outside = Path("/tmp") / f"banyan-outside-{os.getpid()}"
        monkeypatch.setattr(layouts, "OUTSIDE", outside)

        try:
            layout = checkout_layout()

            assert layout.servers.parent == outside
            assert run_one_server(layout) == "logical"
        finally:
            shutil.rmtree(outside)

    def test_leaves_the_data_where_they_are(self, tmp_path, monkeypatch):
        tmp_path.chmod(0o700)
        (tmp_path / "data").mkdir()
        monkeypatch.setenv("BANYAN_HOME", str(tmp_path))

        assert not checkout_layout().is_outside

    def test_moves_the_sockets_when_the_path_is_too_long(self, tmp_path):
        home = tmp_path / ("deep" * 30)
        layout = Layout(home=home, servers=home, account=server_account())

        longest = layout.sockets / "a_replica1" / ".s.PGSQL.5432"

        assert len(os.fsencode(longest)) <= 107
        assert layout.sockets.parent == Path("/tmp")


class TestLifeline:
    def test_stops_the_program_when_its_parent_is_killed(self, tmp_path):
        note = tmp_path / "pid"
        child = [sys.executable, "-I", lifeline, "SIGTERM", str(os.geteuid()), str(os.getegid()), *SLEEPER]
        code = (
            f"import subprocess; p = subprocess.Popen({child!r});"
            f"open({str(note)!r}, 'w').write(str(p.pid)); p.wait()"
        )
        parent = subprocess.Popen([sys.executable, "-c", code])
        until(lambda: note.exists() and note.read_text())
        sleeper = psutil.Process(int(note.read_text()))
        until(lambda: sleeper.cmdline() == SLEEPER)

        parent.kill()
        parent.wait()

        until(lambda: not is_alive(sleeper))

    @as_root
    def test_drops_to_another_user_for_good(self):
        nobody = pwd.getpwnam("nobody")
        ask = ["/bin/sh", "-c", "id -u; id -g; id -G"]

        done = subprocess.run(
            [sys.executable, "-I", lifeline, "SIGTERM", str(nobody.pw_uid), str(nobody.pw_gid), *ask],
            capture_output=True,
            text=True,
            check=True,
        )

        assert done.stdout.split() == [str(nobody.pw_uid), str(nobody.pw_gid), str(nobody.pw_gid)]


class TestEndOrphans:
    def test_ends_a_recorded_process_and_its_group(self, tmp_path):
        family = [sys.executable, "-c", f"import subprocess; subprocess.Popen({SLEEPER!r}).wait()"]
        leader = subprocess.Popen(family, start_new_session=True)
        until(lambda: psutil.Process(leader.pid).children())
        child = psutil.Process(leader.pid).children()[0]
        records.note(tmp_path, "worker", leader.pid, signal.SIGTERM)

        assert records.end_orphans(tmp_path) == ["worker"]

        assert leader.wait() == -15
        assert not is_alive(child)
        assert list(tmp_path.iterdir()) == []

    def test_spares_a_stranger_that_got_the_number(self, tmp_path):
        stranger = subprocess.Popen(SLEEPER, start_new_session=True)
        (tmp_path / "api.json").write_text(f'{{"pid": {stranger.pid}, "began": 1.0, "stop": "SIGTERM"}}')

        assert records.end_orphans(tmp_path) == []

        assert stranger.poll() is None
        stranger.kill()
        stranger.wait()


class TestServer:
    def test_starts_although_a_stranger_has_the_number_in_its_lock_file(self, tmp_path):
        layout = throwaway_layout()
        layout.make()
        server = build(layout, secrets.generate(), is_durable=False).primaries["a"]
        server.create()
        stranger = subprocess.Popen(["sleep", "600"], **layout.account.switch())
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n")
        process = Process(server.program(), layout.logs / "a.log")

        try:
            process.start()

            assert server.answers()
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()
            process.stop()
            shutil.rmtree(layout.home)


class TestLock:
    def test_has_one_holder(self, tmp_path):
        with Lock(tmp_path) as first, Lock(tmp_path) as second:
            assert first.take()
            assert not second.take()
            assert second.holder() == os.getpid()

    def test_is_free_again_afterwards(self, tmp_path):
        with Lock(tmp_path) as lock:
            lock.take()

        assert Lock(tmp_path).holder() is None


HOLDER = """
import sys, time
from deploy.embedded.ports import hold_near, port_of
print(port_of(held := hold_near(int(sys.argv[1]))), flush=True)
sys.stdin.read()
"""


class TestHoldNear:
    def test_takes_the_next_port_when_the_wanted_one_is_taken(self):
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]

            with ports.hold_near(port) as held:
                assert port < ports.port_of(held) <= port + 100

    def test_passes_a_port_that_localhost_may_mean_of_somebody_else(self):
        with closing(socket.create_server(("::1", 0), family=socket.AF_INET6)) as taken:
            port = taken.getsockname()[1]

            with ports.hold_near(port) as held:
                assert ports.port_of(held) != port

    def test_lets_nobody_else_have_the_port(self):
        with ports.listen() as held, pytest.raises(OSError, match="in use"):
            ports.listen(ports.port_of(held))

    def test_gives_each_of_many_that_begin_at_once_a_port_of_its_own(self):
        with ports.listen() as held:
            wanted = ports.port_of(held)
        command = [sys.executable, "-c", HOLDER, str(wanted)]
        pipe = subprocess.PIPE

        holders = [
            subprocess.Popen(command, cwd=layouts.ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(8)
        ]
        chosen = [int(holder.stdout.readline()) for holder in holders if holder.stdout]
        for holder in holders:
            holder.communicate()

        assert len(set(chosen)) == 8
