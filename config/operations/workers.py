"""What Celery's processes tell of themselves: a worker, its children, and the clock."""

from typing import Any

from celery import signals

#: Whether this worker listens to its broker.
consumes = False


def begin_worker() -> None:
    """Have a worker tell whether it consumes."""
    # Loaded in a process that works, not by each command.
    from config.operations import observers
    from config.operations.reports import Said

    observers.begin("worker", lambda: Said(consumes, "consumes" if consumes else "has lost the broker"))


@signals.worker_process_init.connect
def _begin_child(**_: Any) -> None:
    """Have a child tell of itself: its breakers are its own."""
    from config.operations import observers

    observers.begin("child of worker")


@signals.beat_init.connect
def _begin_beat(sender: Any, **_: Any) -> None:
    """Have the clock tell when it ticked."""
    from config.operations import observers
    from config.operations.reports import Said

    observers.begin("beat", lambda: Said(words="ticks", ticked_at=sender.scheduler.ticked_at))


@signals.worker_process_shutdown.connect
@signals.worker_shutdown.connect
def _end(**_: Any) -> None:
    """Have a process say that it ends."""
    from config.operations import reports

    reports.stop()
