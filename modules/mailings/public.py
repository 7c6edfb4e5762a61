"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.mailings.selectors.subscriptions import get_mailings

__all__ = ["get_mailings"]
