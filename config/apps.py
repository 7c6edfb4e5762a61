"""Django's view of this package."""

from django.apps import AppConfig
from django.conf import settings
from django.core import signals
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.db import close_old_connections, reset_queries

from config.startup import resume_collector
from sharding.backend.broken import close_broken


class WiringConfig(AppConfig):
    """Makes Banyan's Celery application the current one in every process, the relay's above all."""

    name = "config"

    def ready(self) -> None:
        """Load it: without it `current_app` is Celery's empty default and nobody subscribes."""
        from config import celery  # noqa: F401 - its settings are Django's, which are loaded only now

        if settings.REPORTS:
            from config import reporting

            reporting.install()

        # Django looks at every alias twice a request: 80 us for four of them. Connections are kept for good
        # (CONN_MAX_AGE), and sharding.backend drops those that the server closed; here go the broken. Which
        # URLs there are is noted for no thread (config/serving/application.py): there is nothing to be reset.
        signals.request_started.disconnect(reset_queries)
        signals.request_started.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_old_connections)
        signals.request_finished.disconnect(close_caches)
        signals.request_finished.disconnect(reset_urlconf)
        signals.request_finished.connect(close_broken)
        resume_collector()
