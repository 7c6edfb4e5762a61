"""
What processes tell others of themselves: traces and errors (docs/tracing.md).

Each process begins once it is a process of its own, for threads do not survive a fork. Where nothing is
asked for, nothing of this is loaded.
"""

import threading
from collections.abc import Sequence
from typing import Any

from celery import signals

from config import env as environment


def start(service: str) -> None:
    """Begin to send, in this process, under the name of a service."""
    env = environment.load()
    if env.otlp_endpoint:
        from config.tracing import provider

        provider.start(service)
    if env.sentry_dsn:
        from config import sentry

        sentry.start(service)


def stop() -> None:
    """Send what waits, for two seconds at most each."""
    env = environment.load()
    if env.otlp_endpoint:
        from config.tracing import provider

        provider.stop()
    if env.sentry_dsn:
        from config import sentry

        sentry.stop()


def install() -> None:
    """Prepare every process; Celery's begin by its signals."""
    if environment.load().otlp_endpoint:
        from config.tracing import instruments

        instruments.install()
    signals.worker_process_init.connect(_start_worker)
    signals.worker_process_shutdown.connect(_stop)
    signals.beat_init.connect(_start_beat)


def post_worker_init(worker: Any) -> None:
    """Begin in one of gunicorn's workers; a hook of gunicorn."""
    start("api")


def worker_exit(server: Any, worker: Any) -> None:
    """End in one of gunicorn's workers; a hook of gunicorn."""
    stop()


def accompany_relay(relays: Sequence[Any], ended: threading.Event) -> None:
    """Begin in the relay, and end with it; one of RelaySettings' companions."""
    start("relay")
    # No daemon, so that the process waits for it.
    threading.Thread(target=_stop_after, args=[ended], name="reporting").start()


def _stop_after(ended: threading.Event) -> None:
    ended.wait()
    stop()


def _start_worker(**_: Any) -> None:
    start("worker")


def _start_beat(**_: Any) -> None:
    start("beat")


def _stop(**_: Any) -> None:
    stop()
