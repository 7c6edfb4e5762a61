"""What others may call: re-exported functions and errors, nothing else."""

from modules.push.selectors.devices import list_devices
from modules.push.selectors.keys import get_push_key

__all__ = ["get_push_key", "list_devices"]
