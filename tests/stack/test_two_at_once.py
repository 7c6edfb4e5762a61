"""Two checkouts begun at once hold a port each; who waits for one that ends is told so."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator

import pytest

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
