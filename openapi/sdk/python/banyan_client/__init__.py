"""A client of Banyan: generated from its contract, with a layer for what no generator does."""

from banyan_client.client import AsyncBanyan, Banyan, CodeNeeded, SecondFactorNeeded
from banyan_client.errors import (
    BadRequest,
    BanyanError,
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    Redirected,
    Stale,
    Unauthorized,
    Unavailable,
    Unreadable,
)
from banyan_client.oauth import OAuth, Tokens
from banyan_client.retries import Retry

__all__ = [
    "AsyncBanyan",
    "BadRequest",
    "Banyan",
    "BanyanError",
    "CodeNeeded",
    "Conflict",
    "Fault",
    "Forbidden",
    "Invalid",
    "NotFound",
    "OAuth",
    "RateLimited",
    "Redirected",
    "Retry",
    "SecondFactorNeeded",
    "Stale",
    "Tokens",
    "Unauthorized",
    "Unavailable",
    "Unreadable",
]
