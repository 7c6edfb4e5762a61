"""Logs: one JSON object a line, or readable lines on a terminal. Nothing secret is ever an argument."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import orjson
import structlog

from config.env import Env
from sharding import tracebacks

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(env: Env) -> dict[str, Any]:
    """Return Django's LOGGING: the standard library's records take structlog's form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_shared(env), structlog.stdlib.add_logger_name],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(env)],
            }
        },
        "filters": {"plain": {"()": "sharding.tracebacks.PlainRecords"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "celery": {"level": "WARNING"},
            # What the clock does is known by nobody else.
            "celery.beat": {"level": "INFO"},
            # Their messages name the exception with what it says.
            "celery.app.trace": {"filters": ["plain"]},
            "celery.worker.request": {"filters": ["plain"]},
            "celery.worker.consumer.consumer": {"filters": ["plain"]},
            # That a collector is away is told once, as an outage.
            "opentelemetry": {"level": "CRITICAL"},
            # Django's own line for a 4xx or 5xx stands in the access line already.
            "django.request": {"level": "CRITICAL"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Set up both structlog and the standard library's logging; Django's LOGGING_CONFIG."""
    logging.config.dictConfig(config["stdlib"])
    # In place: Celery has Django set up once more, and a logger that is bound already keeps the list it met.
    processors = structlog.get_config()["processors"]
    processors[:] = [*config["shared"], *config["rendering"]]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(config["level"]),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if config["is_json"]
        else structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def logs(env: Env) -> dict[str, Any]:
    """Return what `configure` needs, the shape Django hands on unread."""
    return {
        "stdlib": logging_config(env),
        "shared": _shared(env),
        "rendering": _rendering(env, as_bytes=True),
        "level": env.log_level,
        "is_json": _is_json(env),
    }


def _shared(env: Env) -> list[Any]:
    """Return what every line passes first; who reports nothing loads nothing for it."""
    shared = list(_SHARED)
    if env.otlp_endpoint:
        from config.tracing.logs import add_trace_id

        shared.append(add_trace_id)
    if env.sentry_dsn:
        from config.sentry import report

        shared.append(report)
    return shared


def _rendering(env: Env, *, as_bytes: bool = False) -> list[Any]:
    if not _is_json(env):
        plain = structlog.dev.plain_traceback  # of a traceback that of_event has already written
        shown = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
        return [tracebacks.of_event, shown]
    to_json = orjson.dumps if as_bytes else _dumps
    return [tracebacks.of_event, structlog.processors.JSONRenderer(serializer=to_json)]


def _dumps(event: Any, **options: Any) -> str:
    return orjson.dumps(event, default=options.get("default")).decode()


def _is_json(env: Env) -> bool:
    return env.log_format == "json" or (env.log_format == "auto" and not sys.stderr.isatty())


def middleware(env: Env) -> list[str]:
    """Return what traces and measures requests, outermost; nothing where nobody asks for it."""
    traced = ["config.tracing.middleware.Traced"] if env.otlp_endpoint else []
    return [*traced, *(["config.metrics.middleware.Measured"] if env.metrics else [])]


def companions_of_relay(env: Env) -> tuple[str, ...]:
    """Return what runs beside the relay: who tells how it stands, and what databases and the broker know."""
    reports = ("config.reporting.accompany_relay",) if env.otlp_endpoint or env.sentry_dsn else ()
    told = ("config.metrics.relay.start",) if env.metrics else ()
    return ("config.operations.observers.accompany", *reports, *told)
