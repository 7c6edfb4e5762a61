"""
What a log may say of an exception: where it came from and of which kind, and nothing that anybody sent.

No local values, ever; and a message only of the kinds whose messages hold no data. PostgreSQL repeats the row
that stood against a statement, pydantic the input, `int()` the text, a mail server the address.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import TracebackType
from typing import Any

import pydantic
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import DatabaseError

from sharding.errors import ShardingError

LONGEST = 300
_DEEPEST = 10
# Their messages are written by the interpreter, about code; those of their subclasses need not be.
_OF_CODE = (
    *(AttributeError, NameError, TypeError, ImportError, ModuleNotFoundError),
    *(RecursionError, NotImplementedError, UnboundLocalError),
)

_QUERY = re.compile(r"\?\S+")

Event = MutableMapping[str, Any]

# Who hears of each line of a log that has an exception, before the exception is written.
on_exception: list[Callable[[Event, BaseException], None]] = []


def tell(error: BaseException) -> str:
    """Return an exception in one line: its kind, and what of its message is no data."""
    kind = type(error).__qualname__
    words = _words_of(error)
    return f"{kind}: {words}" if words else kind


def tell_whole(error: BaseException) -> str:
    """Return an exception with where it came from and what led to it: files, lines and code, no values."""
    return "\n".join(_lines(error, _DEEPEST))


def of_event(_: Any, __: str, event: Event) -> Event:
    """Write the exception of a log event; a processor of structlog, for every renderer."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        for hear in on_exception:
            hear(event, error)
        event["exception"] = tell_whole(error)
    return event


class PlainRecords(logging.Filter):
    """Takes what exceptions say out of records that others write, Celery's above all."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the kind in the place of the message; of a lost connection leave out where it was noticed."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(record.args, Mapping) and "exc" in record.args:
            record.args = {**record.args, "exc": tell(error) if error else "…", "traceback": ""}
        elif isinstance(record.args, tuple):
            record.args = tuple(
                tell(each) if isinstance(each, BaseException) else each for each in record.args
            )
        if isinstance(error, OSError) or type(error).__module__.startswith(("redis", "kombu", "amqp")):
            record.exc_info = None
        return True


class PlainFormatter(logging.Formatter):
    """The formatter of logs that are not ours: gunicorn's."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """Return the line; an address that stands in it, without its query string."""
        return _QUERY.sub("?…", super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  logging's name
        """Return an exception as we tell it."""
        return tell_whole(ei[1]) if ei[1] is not None else ""


def install() -> None:
    """Have what nobody caught end in the same words, in threads as well; a person at a terminal sees all."""
    if sys.stdin is not None and sys.stdin.isatty():
        return
    sys.excepthook = _on_uncaught
    threading.excepthook = lambda thread: _on_uncaught(
        thread.exc_type, thread.exc_value, thread.exc_traceback
    )


def _on_uncaught(kind: type[BaseException], error: BaseException | None, _: TracebackType | None) -> None:
    if not issubclass(kind, SystemExit):
        sys.stderr.write((tell_whole(error) if error is not None else kind.__qualname__) + "\n")


def _words_of(error: BaseException) -> str:
    """Return what may be said beside the kind; of whom nothing is known, nothing, for the code is shown."""
    if type(error) in _OF_CODE or isinstance(error, ShardingError | ImproperlyConfigured):
        return _short(str(error))
    if isinstance(error, OSError):
        return error.strerror or ""
    if isinstance(error, DatabaseError):
        return _of_database(error.__cause__ or error)
    if isinstance(error, pydantic.ValidationError):
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return _short(", ".join(each["type"] for each in found))
    return _of_database(error)


def _of_database(error: BaseException) -> str:
    """Return what a driver says of a statement: the code and the constraint, not the row."""
    state = getattr(error, "sqlstate", None)
    named = getattr(getattr(error, "diag", None), "constraint_name", None)
    return " ".join([*([f"SQLSTATE {state}"] if state else []), *([f"constraint {named}"] if named else [])])


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def _lines(error: BaseException, depth: int) -> Iterator[str]:
    """Yield the lines of an exception, the one that led to it first."""
    led = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if led is not None and depth:
        yield from _lines(led, depth - 1)
        yield "which led to"
    for frame in traceback.extract_tb(error.__traceback__, limit=-60):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"
    yield tell(error)
    for each in getattr(error, "exceptions", ()) if depth else ():
        yield "of which"
        yield from _lines(each, depth - 1)
