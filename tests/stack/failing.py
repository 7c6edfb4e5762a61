"""
Processes that fail with a password in their hands: what stands in their logs is looked at by a test.

    python -m tests.stack.failing caught foreign thread database pydantic uncaught
    gunicorn -c config/gunicorn.py tests.stack.failing:wsgi · celery -A tests.stack.failing worker
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from typing import Any

import django

PASSWORD = "hunter2-was-here"

django.setup()

import structlog  # noqa: E402
from celery import shared_task  # noqa: E402, TID251
from django.db import connections  # noqa: E402
from pydantic import TypeAdapter  # noqa: E402

from config.celery import app  # noqa: E402, F401
from sharding import tracebacks  # noqa: E402


def fail(password: str = PASSWORD) -> None:
    """Raise with the password in a local, in the message and in what led there."""
    try:
        int(password)
    except ValueError as error:
        raise RuntimeError(f"cannot log in with {password}") from error


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Fail before Django could catch anything, once gunicorn is known to serve."""
    if environ["PATH_INFO"] == "/healthz":
        start_response("200 OK", [("Content-Length", "0")])
        return []
    fail(environ["QUERY_STRING"] or PASSWORD)
    return []


@shared_task(name="tests.fail", queue="default")
def fail_in_a_worker(password: str) -> None:
    """Fail as a task."""
    fail(password)


HEADING = "──"


def main(ways: list[str]) -> None:
    """Fail in one way after the other, each under its heading, as a process of ours."""
    tracebacks.install()
    for how in ways:
        sys.stdout.write(f"{HEADING} {how}\n")
        sys.stdout.flush()
        fail_as(how)


def fail_as(how: str) -> None:
    """Fail in one of many ways; `uncaught` is the last."""
    try:
        if how in {"caught", "foreign", "uncaught", "thread"}:
            fail()
        elif how == "database":
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT CAST(%s AS bigint)", [PASSWORD])
        else:
            TypeAdapter(int).validate_python(PASSWORD)
    except Exception as error:
        if how == "uncaught":
            raise
        if how == "foreign":
            logging.getLogger("somebody.else").exception("failed")
        elif how == "thread":
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
        else:
            structlog.get_logger("ours").error("failed", exc_info=error)


if __name__ == "__main__":
    main(sys.argv[1:])
