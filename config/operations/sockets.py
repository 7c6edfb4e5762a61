"""What the process that holds sockets tells of itself."""

from django.conf import settings

from config.operations import observers, reports
from modules.realtime.services.registry import registry


def begin() -> None:
    """Have this process tell."""
    if settings.METRICS:
        from config.metrics import sockets

        sockets.start()
    observers.begin("realtime", lambda: reports.Said(words=f"{len(registry)} sockets"))


def stop() -> None:
    """Have it say that it ends."""
    reports.stop()
