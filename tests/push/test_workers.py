"""Pushes by real processes: relay, broker and a worker, which is killed while it pushes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from modules.graph import public as graph
from modules.kernel import clock
from modules.push.services.waiting import send_waiting_pushes
from tests.kit.delivery import drain
from tests.kit.machines import until
from tests.kit.people import make_person, sign_up
from tests.push.kit import Browser

pytestmark = pytest.mark.django_db

PEOPLE = 12
# So many pushes may be under way when a worker is killed, one in each of its processes.
AT_ONCE = 2


def test_every_device_has_its_push_though_the_worker_is_killed_as_it_pushes(stack, service):
    browsers = [Browser(service) for _ in range(PEOPLE)]
    people = [sign_up(f"person_{at}") for at in range(PEOPLE)]
    for browser, person in zip(browsers, people, strict=True):
        assert browser.register(person).status == 200
    drain()
    fan, killed = make_person(), threading.Lock()
    env = {"BANYAN_PUSH_PRIVATE_HOSTS": service.host}
    stack.run_relay()
    worker = stack.run_worker(BANYAN_WORKER_CONCURRENCY=str(AT_ONCE), **env)
    # In the midst of the first: it was sent, and nobody will write that down.
    service.before = lambda path: killed.acquire(blocking=False) and worker.kill()

    for person in people:
        graph.follow(fan.id, person.id)
    until(killed.locked)
    stack.run_worker(**env)
    until(lambda: sum(bool(browser.shown) for browser in browsers) >= PEOPLE - AT_ONCE)
    until(stack.outbox_is_empty)
    send_waiting_pushes(now=clock.now() + timedelta(minutes=3))

    times = [len(browser.shown) for browser in browsers]
    assert set(times) <= {1, 2}
    assert sum(times) <= PEOPLE + AT_ONCE
