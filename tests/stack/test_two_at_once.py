"""Two checkouts on one machine, and one checkout begun twice: each has the port that it says it has."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

import pytest

from deploy.embedded.applications import answers
from deploy.embedded.layout import throwaway_layout
from deploy.embedded.lock import Lock
from tests.kit.machines import until
from tests.stack.launch import TIMEOUT, Launch

pytestmark = pytest.mark.timeout(500)


@pytest.fixture
def checkouts() -> Iterator[list[Launch]]:
    folder = throwaway_layout().home
    folder.chmod(0o711)
    checkouts = [Launch(folder / "one"), Launch(folder / "two")]
    checkouts[1].port = checkouts[0].port
    yield checkouts
    for checkout in checkouts:
        checkout.end()
    shutil.rmtree(folder)


def await_port(launch: Launch) -> int:
    """Return the port that a launcher has written down for everyone else."""
    until((launch.home / "ports.json").exists, within=TIMEOUT)
    return int(launch.url.rpartition(":")[2])


class TestTwoCheckouts:
    def test_that_begin_at_once_hold_a_port_each(self, checkouts):
        for checkout in checkouts:
            checkout.launch()

        chosen = {await_port(checkout) for checkout in checkouts}

        assert len(chosen) == 2
        for port in chosen:
            with pytest.raises(OSError, match="in use"):
                socket.create_server(("127.0.0.1", port))


class TestOneCheckout:
    def test_begun_twice_runs_once_and_the_second_says_where_as_soon_as_it_answers(self, checkouts):
        one = checkouts[0]
        one.launch()
        until(lambda: Lock(one.home).holder())

        told = one.ask("up")

        url = one.url.replace("127.0.0.1", "localhost")
        assert told.stdout.splitlines()[:2] == [
            f"Banyan is starting: {url}/",
            f"Banyan is already up: {url}/",
        ]
        assert (told.returncode, answers(int(one.url.rpartition(":")[2]))) == (0, True)
        assert one.ask("up").stdout.splitlines()[0] == f"Banyan is already up: {url}/"

    def test_that_ends_before_it_is_up_is_not_said_to_be(self, checkouts):
        one = checkouts[0]
        one.launch()
        until(lambda: Lock(one.home).holder())
        with one.beside("up") as second:
            assert second.stdout is not None
            assert second.stdout.readline().startswith("Banyan is starting: ")
            one.kill_launcher()

            said, complaint = second.communicate(timeout=TIMEOUT)

        assert (second.returncode, said) == (1, "")
        assert complaint.startswith("It ended before it was up")
