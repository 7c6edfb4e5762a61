"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.exports.services.requests import end_all

__all__ = ["end_all"]
