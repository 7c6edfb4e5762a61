"""The app: importing the checks registers them."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ShardingConfig(AppConfig):
    """The sharding package as a Django app."""

    name = "sharding"

    def ready(self) -> None:
        """Register the system checks, and hear of every new connection."""
        from sharding import checks, outages  # noqa: F401 - models must be loaded first

        connection_created.connect(outages.on_connected, dispatch_uid="sharding.outages")
