"""What a person at a terminal is told when `manage.py` cannot do what was asked: no traceback for no bug."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from deploy.embedded.errors import StackError

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = ROOT / "modules"


def refuse_unreadable(arguments: list[str]) -> None:
    """
    Refuse what a terminal in another encoding makes of an argument; no name, path or text is read from it.

    :raises SystemExit: naming the first
    """
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(argument).decode("utf-8", "backslashreplace")
            raise SystemExit(
                f"The argument {shown} is not UTF-8; type it on a terminal that writes UTF-8."
            ) from None


def explain(error: BaseException, *, is_adopted: bool) -> str | None:
    """Return what to tell of an error, or None if it is a bug, of which everything is to be seen."""
    if isinstance(error, StackError):
        return str(error)
    if type(error).__name__ == "EnvValidationError":
        return f"The environment cannot be used.\n{error}"
    if isinstance(error, ImportError | SyntaxError):
        return _of_context(error)
    return _of_outage(error, is_adopted=is_adopted)


def _of_context(error: ImportError | SyntaxError) -> str | None:
    """Return which context is broken, and where."""
    name = getattr(error, "name", None) or ""
    context = name.split(".")[1] if name.startswith("modules.") else None
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        if CONTEXTS in Path(frame.filename).parents:
            place = Path(frame.filename), frame.lineno
    if isinstance(error, SyntaxError) and error.filename and CONTEXTS in Path(error.filename).parents:
        place = Path(error.filename), error.lineno
    if place is not None:
        context = place[0].relative_to(CONTEXTS).parts[0]
    if context is None:
        return None
    where = f" ({place[0].relative_to(ROOT)}, line {place[1]})" if place else ""
    return f"The context {context!r} cannot be loaded{where}: {error.msg}.\nContexts are listed in {LIST}."


def _of_outage(error: BaseException, *, is_adopted: bool) -> str | None:
    """Return which server is away; of the embedded stack all are, as long as it does not run."""
    try:
        from sharding import outages  # only with Django
    except ImportError:
        return None
    server = outages.server_of(error) or (
        "Redis" if type(error).__module__.startswith(("redis.", "kombu.")) else None
    )
    if server is None:
        return None
    if is_adopted:
        return f"Nothing runs here ({server} does not answer); `make up` first."
    return f"{server} cannot be reached; `manage.py config` shows where it is looked for."


LIST = "config/settings/contexts.py"
