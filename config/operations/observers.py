"""Which processes report, what they say of their work, and the errors that they hear of."""

import os
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from structlog.contextvars import get_contextvars

from config.env import ROOT
from config.operations import reports
from config.operations.reports import Said
from modules.kernel import clock
from sharding import outages, tracebacks

if TYPE_CHECKING:
    from sharding.delivery.relay import Relay

_BAD = ("error", "critical")
_kind = {"name": ""}


def begin(kind: str, describe: Any = Said) -> None:
    """Have this process tell of itself and of its errors."""
    _kind["name"] = kind
    if _note_error not in tracebacks.on_exception:
        tracebacks.on_exception.append(_note_error)
    reports.start(kind, describe)


def accompany(relays: "list[Relay]", stop: Event) -> None:
    """Tell of a relay which databases it leads, until it stops."""

    def describe() -> Said:
        leads = [outages.name_of(relay.alias) for relay in relays if relay.leads]
        others = [outages.name_of(relay.alias) for relay in relays if not relay.leads]
        words = [f"leads {', '.join(leads)}"] * bool(leads) + [f"waits for {', '.join(others)}"] * bool(
            others
        )
        # Another that leads is as good: whether some relay does is asked of the database.
        return Said(words="; ".join(words))

    begin("relay", describe)


def _note_error(event: tracebacks.Event, error: BaseException) -> None:
    if event.get("level") not in _BAD:
        return
    reports.note_error(
        {
            "at": now(),
            "process": process(),
            "event": str(event.get("event", ""))[: tracebacks.LONGEST],
            "error": tracebacks.tell(error),
            "where": _where(error),
            "request_id": event.get("request_id") or get_contextvars().get("request_id"),
        }
    )


def process() -> str:
    """Return what this process is called beside what it tells."""
    return f"{_kind['name']} {os.getpid()}"


def now() -> str:
    """Return the present as an entry has it."""
    return clock.now().isoformat()


def _where(error: BaseException) -> str:
    """Return the innermost place of ours that an exception passed, or else where it was raised."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append((trace.tb_frame.f_code, trace.tb_lineno))
        trace = trace.tb_next
    ours = [(code, line) for code, line in places if _is_ours(code.co_filename)]
    if not (ours or places):
        return ""
    code, line = (ours or places)[-1]
    file = Path(code.co_filename)
    shown = file.relative_to(ROOT) if _is_ours(code.co_filename) else Path(file.name)
    return f"{shown}:{line} in {code.co_name}"


def _is_ours(filename: str) -> bool:
    return filename.startswith(f"{ROOT}{os.sep}") and "site-packages" not in filename
