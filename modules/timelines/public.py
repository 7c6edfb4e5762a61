"""What others may call: re-exported functions and errors, nothing else."""

from modules.timelines.selectors.candidates import warm
from modules.timelines.selectors.home import get_home, window_contains
from modules.timelines.services.windows import push_to_author

__all__ = ["get_home", "push_to_author", "warm", "window_contains"]
