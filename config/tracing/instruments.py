"""What is traced, in every process; where a process starts nothing that sends, its spans are none."""

from config.tracing import databases, outbox, redis, tasks


def install() -> None:
    """Trace databases, Redis, the outbox and tasks."""
    for traced in (databases, redis, outbox, tasks):
        traced.install()
