"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.erasure.errors import DeletionNotFound
from modules.erasure.selectors.deletions import get_deletion_of

__all__ = ["DeletionNotFound", "get_deletion_of"]
