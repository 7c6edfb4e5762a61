"""Celery's clock, which says that it ticks."""

import time
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings

from sharding.heartbeat import Heartbeat


class Scheduler(PersistentScheduler):
    """Celery's own, with a heartbeat at every tick, whether anything was due or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without a beat."""
        super().__init__(*args, **kwargs)
        #: When it ticked last, by the monotonic clock.
        self.ticked_at: float | None = None
        self._heartbeat = Heartbeat(settings.SHARDING.heartbeat_dir, "beat")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due; return the seconds until the next look."""
        seconds: float = super().tick(*args, **kwargs)
        self.ticked_at = time.monotonic()
        self._heartbeat.beat()
        return seconds
