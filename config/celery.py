"""The Celery application: `celery -A config.celery worker`."""

import os
from typing import Any

from celery import Celery, bootsteps, signals
from django.conf import settings

from config import broker
from config.operations import workers
from config.startup import pause_collector
from modules.kernel import bus
from sharding import heartbeat, tracebacks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
pause_collector()


class Consuming(bootsteps.StartStopStep):
    """
    The worker's heartbeat, which beats from its loop while it consumes.

    Celery starts this step once the worker is connected and listens, and stops it when the broker is lost.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        """Start without a beat."""
        super().__init__(parent, **kwargs)
        self._heartbeat = heartbeat.Heartbeat(settings.SHARDING.heartbeat_dir, "worker")
        self._timer: Any = None
        workers.begin_worker()

    def start(self, parent: Any) -> None:
        """Beat from now on."""
        workers.consumes = True
        self._heartbeat.beat()
        self._timer = parent.timer.call_repeatedly(heartbeat.EVERY, self._heartbeat.beat)

    def stop(self, parent: Any) -> None:
        """Beat no more."""
        workers.consumes = False
        if self._timer is not None:
            self._timer.cancel()
        self._heartbeat.stop()


@signals.setup_logging.connect
def leave_logs_alone(**_: Any) -> None:
    """Keep Celery from adding handlers of its own: Django's LOGGING has set up what there is."""
    tracebacks.install()


if settings.DATABASES["default"].get("POOLED"):
    from config import pooling

    signals.worker_init.connect(pooling.refuse_without_limits)

broker.install()
app = Celery("banyan")
app.config_from_object(settings.CELERY)
app.steps["consumer"].add(Consuming)
app.steps["consumer"].add(broker.DeadLetters)
app.autodiscover_tasks()


@signals.import_modules.connect
def declare_events(**_: Any) -> None:
    """Tell the relay which events there are, once Celery has set up Django, as it does at this signal."""
    bus.declare_events()


if settings.METRICS:
    from config.metrics import tasks  # noqa: F401 - it waits for a worker to begin
