"""What others may call: re-exported functions and errors, nothing else."""

from modules.timelines.selectors.candidates import warm
from modules.timelines.selectors.home import get_home, window_contains

__all__ = ["get_home", "warm", "window_contains"]
