"""What other contexts may write down, and read of it, and nothing else."""

from modules.audit.selectors.entries import list_entries
from modules.audit.services.entries import note, record_request

__all__ = ["list_entries", "note", "record_request"]
