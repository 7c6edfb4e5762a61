"""What container health checks say of real processes: `config/alive.py` beside each of them."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import psycopg
import pytest

from config import alive
from deploy.embedded.layout import ROOT
from sharding.ids import make_id
from tests.kit.machines import until

pytestmark = pytest.mark.django_db


@pytest.fixture
def beats(tmp_path):
    return tmp_path / "beats"


def _check(beats, name):
    """Return what the check of a container says, and how it ends."""
    command = [sys.executable, "-I", "-S", str(ROOT / "config/alive.py"), name]
    done = subprocess.run(
        command, env={"BANYAN_HEARTBEAT_DIR": str(beats)}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.strip()


def _is_well(beats, name):
    return lambda: _check(beats, name)[0] == 0


def test_a_worker_is_well_while_it_consumes(stack, beats):
    assert _check(beats, "worker") == (1, "worker has not begun, or has stopped")
    stack.run_worker(BANYAN_HEARTBEAT_DIR=str(beats))
    assert _check(beats, "worker") == (0, "worker")

    stack.stop_redis()
    until(lambda: _check(beats, "worker")[0] == 1)
    stack.start_redis()
    until(_is_well(beats, "worker"))


def test_a_relay_is_well_while_it_leads_or_waits_and_its_oldest_event_is_young(stack, beats):
    event = make_id(1, 7, 1)
    with psycopg.connect(**_conninfo(stack, "a")) as holder:
        stack.run_sql(
            "a",
            "INSERT INTO outbox_event (id, owner_id, name, payload, recorded_at)"
            f" VALUES ({event}, {event}, 'timelines.marker_moved.v1', '{{}}', now() - interval '1 hour')",
        )
        # The relay passes over a row that somebody holds, so it cannot get rid of this one.
        holder.execute("SELECT FROM outbox_event FOR UPDATE")
        stack.run_relay(BANYAN_HEARTBEAT_DIR=str(beats))
        until(lambda: (beats / "relay-a").exists())
        code, said = _check(beats, "relay")
        assert code == 1
        assert re.fullmatch(r"relay-a leads, but its oldest event has waited for 36\d\d s", said)
    until(_is_well(beats, "relay"))
    assert _check(beats, "relay") == (0, "relay-a leads; relay-b leads; relay-default leads")

    second = beats.with_name("second")
    stack.run_relay(BANYAN_HEARTBEAT_DIR=str(second))
    until(lambda: len(list(second.glob("relay-*"))) == 3)
    assert _check(second, "relay") == (0, "relay-a waits; relay-b waits; relay-default waits")

    # Who stands still is found out, and an instance that is away is not its fault.
    stack.kill("b")
    until(lambda: "relay-b away" in _check(beats, "relay")[1])
    assert _check(beats, "relay")[0] == 0
    with pytest.raises(alive.NotAlive, match="relay-a has stood still for"):
        alive.check_beats(str(beats), "relay", time.monotonic() + 100)


def test_the_clock_is_well_while_it_ticks(stack, beats):
    stack.run_beat(BANYAN_HEARTBEAT_DIR=str(beats))

    until(_is_well(beats, "beat"))
    with pytest.raises(alive.NotAlive, match="beat has stood still for"):
        alive.check_beats(str(beats), "beat", time.monotonic() + 100)


def test_an_api_is_well_while_it_can_serve(stack):
    port = int(stack.run_api().url.rpartition(":")[2])
    assert alive.check_http(port, "/readyz").startswith('{"status":"ready"')

    stack.kill("default")
    with pytest.raises(alive.NotAlive, match='"status":"not_ready"'):
        until(lambda: alive.check_http(port, "/readyz") is None)
    with pytest.raises(alive.NotAlive, match="no answer"):
        alive.check_http(1, "/readyz")


def _conninfo(stack, alias):
    server = stack._throwaway.topology.primaries[alias]
    return {"host": str(server.sockets), "user": "banyan", "dbname": "banyan"}
