"""The tables of accounts, all in the directory."""

from modules.accounts.models.reserved import ReservedName
from modules.accounts.models.sessions import Session
from modules.accounts.models.users import User

__all__ = ["ReservedName", "Session", "User"]
