"""The app: importing the checks registers them."""

from django.apps import AppConfig


class ShardingConfig(AppConfig):
    """The sharding package as a Django app."""

    name = "sharding"

    def ready(self) -> None:
        """Register the system checks."""
        from sharding import checks  # noqa: F401 - models must be loaded first
