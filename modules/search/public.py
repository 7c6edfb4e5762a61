"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.search.services.people import rebuild_people

__all__ = ["rebuild_people"]
