"""Django's view of this package."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Makes Banyan's Celery application the current one in every process, the relay's above all."""

    name = "config"

    def ready(self) -> None:
        """Load it: without it `current_app` is Celery's empty default and nobody subscribes."""
        from config import celery  # noqa: F401 - its settings are Django's, which are loaded only now
