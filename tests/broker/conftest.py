"""A RabbitMQ for the run, and the fixtures of the crash suite led to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from deploy.embedded.throwaway import Throwaway
from tests.broker import rabbitmq
from tests.broker.rabbitmq import RabbitMQ
from tests.kit.machines import IdleApis, Machines


class MachinesOfRabbitMQ(Machines):
    """Processes whose broker is RabbitMQ."""

    def __init__(self, throwaway: Throwaway, idle: IdleApis, broker: RabbitMQ) -> None:
        super().__init__(throwaway, idle)
        self._broker = broker
        self.env["BANYAN_BROKER_URL"] = broker.url

    def lose_broker(self) -> None:
        """Kill it, with all that it held, on its disk too."""
        self._broker.lose_everything()


@pytest.fixture(scope="session")
def broker() -> Iterator[RabbitMQ]:
    """One for all tests."""
    with rabbitmq.running() as found:
        yield found


@pytest.fixture(scope="session")
def make_machines(
    stack_of_run: Throwaway, idle_apis: IdleApis, broker: RabbitMQ
) -> Callable[[], MachinesOfRabbitMQ]:
    """Lead all processes to it."""
    return lambda: MachinesOfRabbitMQ(stack_of_run, idle_apis, broker)
