"""The tables of accounts, all in the directory."""

from modules.accounts.models.held import HeldName
from modules.accounts.models.keys import ServiceKey
from modules.accounts.models.oauth import SpentToken, TokenFamily
from modules.accounts.models.places import KnownPlace
from modules.accounts.models.reserved import ReservedName
from modules.accounts.models.sessions import Session
from modules.accounts.models.users import User

__all__ = [
    "HeldName",
    "KnownPlace",
    "ReservedName",
    "ServiceKey",
    "Session",
    "SpentToken",
    "TokenFamily",
    "User",
]
