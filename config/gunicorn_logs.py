"""gunicorn's own log: its lines, and of exceptions only what is no data."""

from typing import Any

from gunicorn.glogging import Logger

from sharding.tracebacks import PlainFormatter


class PlainLogger(Logger):  # type: ignore[misc]  # it has no types
    """The `logger_class` of config/gunicorn.py."""

    def setup(self, cfg: Any) -> None:
        """Set up as always, and have exceptions written by us."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(PlainFormatter(self.error_fmt, self.datefmt))
