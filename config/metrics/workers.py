"""gunicorn's hooks: each worker has a place to write to, and the process above them tells what they wrote."""

from typing import Any

from config import env as environment
from config.metrics import exposing

exposing.share_files()


def on_starting(server: Any) -> None:
    """Listen: to what is told inside, before the workers are forked, and to Prometheus."""
    from config.metrics import observers

    observers.observe()
    exposing.serve_files(exposing.API)


def pre_fork(server: Any, worker: Any) -> None:
    """Give a worker the lowest place that is free."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """Write to its files from here on."""
    from config.metrics import instruments

    exposing.take_place(f"worker{worker.place}")
    instruments.THREADS.set(environment.load().web_threads)


def child_exit(server: Any, worker: Any) -> None:
    """Free the place of one that is gone."""
    exposing.leave_place(f"worker{worker.place}")
