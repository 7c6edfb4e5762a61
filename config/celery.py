"""The Celery application: `celery -A config.celery worker`."""

import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from config import broker
from config.startup import pause_collector
from sharding import tracebacks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
pause_collector()


@signals.setup_logging.connect
def leave_logs_alone(**_: Any) -> None:
    """Keep Celery from adding handlers of its own: Django's LOGGING has set up what there is."""
    tracebacks.install()


broker.install()
app = Celery("banyan")
app.config_from_object(settings.CELERY)
app.autodiscover_tasks()
