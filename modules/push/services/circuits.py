"""Push services that do not answer are left alone for a while: each process finds out for itself."""

import threading
import time
from typing import Final

# So many exchanges in a row without an answer, and for how long nobody tries then, in seconds.
MOST_TROUBLES: Final = 3
OPEN_FOR_S: Final = 30.0
# Users name hosts, so there may be any number.
_MOST_HOSTS: Final = 10_000

_lock = threading.Lock()
_troubles: dict[str, tuple[int, float]] = {}


def is_open(host: str) -> bool:
    """Return whether a host has not answered lately; one exchange after that time tries again."""
    with _lock:
        count, until = _troubles.get(host, (0, 0.0))
        if count < MOST_TROUBLES:
            return False
        if time.monotonic() < until:
            return True
        _troubles[host] = count, time.monotonic() + OPEN_FOR_S
        return False


def note(host: str, *, has_answered: bool) -> None:
    """Note how an exchange ended; any answer is one."""
    with _lock:
        if has_answered:
            _troubles.pop(host, None)
            return
        if len(_troubles) >= _MOST_HOSTS:
            _troubles.clear()
        count = _troubles.get(host, (0, 0.0))[0] + 1
        _troubles[host] = count, time.monotonic() + OPEN_FOR_S


def forget() -> None:
    """Forget all, as a new process would."""
    with _lock:
        _troubles.clear()
