"""What others may call: re-exported functions and errors, nothing else."""

from modules.realtime.services.telling import tell

__all__ = ["tell"]
