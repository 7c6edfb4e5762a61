"""Settings under measure: production's, and limits that are counted as there but reached by nobody."""

from config.settings.base import *  # noqa: F403
from config.settings.base import LIMITS as _LIMITS
from modules.kernel.limits import Limit

_MOST, _WINDOW_S = 100_000_000, 300

_NAMES = ("read", "write", "anonymous", "search", "media")

LIMITS = _LIMITS.with_limits(*[Limit(name, _MOST, _WINDOW_S) for name in _NAMES])
