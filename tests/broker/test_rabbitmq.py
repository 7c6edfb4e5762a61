"""What RabbitMQ is asked for, and what becomes of messages that it refuses, or that nobody survives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import amqp
import pytest
from amqp.exceptions import MessageNacked
from celery import Celery
from kombu.exceptions import OperationalError

from config import env as environment
from config.settings import queues
from sharding.delivery import sending
from tests.broker.rabbitmq import RabbitMQ
from tests.kit.brokers import AmqpBroker, RedisBroker, broker_at
from tests.kit.machines import until


@pytest.fixture(scope="module")
def app(broker: RabbitMQ) -> Iterator[Celery]:
    """Celery as it is configured for this RabbitMQ."""
    app = Celery("rabbitmq", set_as_current=False)
    app.conf.update(queues.celery(replace(environment.load(), broker_url=broker.url)))
    yield app
    app.close()


@pytest.fixture
def emptied(broker: RabbitMQ, app: Celery) -> Iterator[RedisBroker | AmqpBroker]:
    """The broker with its queues declared, nothing in them, and nobody who listens."""
    with app.connection_for_write() as connection:
        for queue in (*app.conf.task_queues, queues.DEAD):
            queue(connection.default_channel).declare()
            queue(connection.default_channel).purge()
    with broker_at(broker.url) as found:
        until(lambda: found.has_missed(0))
        yield found


def test_a_message_that_none_survives_is_put_aside(broker, emptied):
    emptied.put(queues.FANOUT, b"deadly")
    taken = 0
    while emptied.queue_length("dead") == 0:
        with broker.connect() as connection:  # whose end is a worker's
            taken += connection.channel().basic_get(queues.FANOUT) is not None
        until(lambda: emptied.queue_length(queues.FANOUT) + emptied.queue_length("dead") == 1)

    assert (taken, emptied.queue_length(queues.FANOUT)) == (queues.DELIVERY_LIMIT + 1, 0)


def test_a_message_that_is_refused_is_not_taken_for_sent(broker, app):
    with broker.connect() as connection:
        refusing = {"x-max-length": 1, "x-overflow": "reject-publish"}
        connection.channel().queue_declare("full", arguments=refusing)
        connection.channel().basic_publish(amqp.Message("first"), routing_key="full")

    with app.connection_for_write() as connection, pytest.raises(MessageNacked):
        connection.Producer().publish("second", routing_key="full")


def test_a_frozen_broker_is_away_after_a_while(broker, emptied, app):
    app.send_task("tests.nobody", queue=queues.DEFAULT)
    broker.freeze()
    try:
        with pytest.raises(OperationalError, match="timed out"):
            app.send_task("tests.nobody", queue=queues.DEFAULT, retry=False)
    finally:
        broker.thaw()

    app.send_task("tests.nobody", queue=queues.DEFAULT, retry=False)


def test_the_relay_adds_nothing_to_a_queue_that_is_long_enough(emptied, app, monkeypatch):
    monkeypatch.setattr(sending, "current_app", app)
    monkeypatch.setattr(sending, "LONGEST_QUEUE", 3)
    monkeypatch.setattr(sending, "LOOK_AGAIN_S", 0)

    for _ in range(8):
        sending.send_by_celery("posts.nobody", queues.DEFAULT, "a", [])

    assert (sending.length_of(queues.DEFAULT), sending.length_of("nowhere")) == (3, 0)


@pytest.mark.django_db
def test_a_worker_puts_garbage_aside_and_declares_nothing_for_later(broker, emptied, machines_of_module):
    with broker.connect() as connection:
        connection.channel().queue_delete("dead")
    worker = machines_of_module.run_worker()
    try:
        emptied.put(queues.FANOUT, b"garbage")
        until(lambda: emptied.queue_length("dead") == 1)
    finally:
        worker.kill()

    with broker.connect() as connection, pytest.raises(amqp.NotFound):
        connection.channel().queue_declare("celery_delayed_0", passive=True)
