"""A client of Banyan: generated from its contract, with a layer for what no generator does."""

from banyan_client.caller import CodeNeeded, SecondFactorNeeded
from banyan_client.client import AsyncBanyan, Banyan
from banyan_client.errors import (
    BadRequest,
    BanyanError,
    Conflict,
    Fault,
    FileTooLarge,
    Forbidden,
    Invalid,
    NotFound,
    ProcessingFailed,
    ProcessingTimeout,
    RateLimited,
    Redirected,
    Stale,
    StorageRefused,
    StorageUnavailable,
    Unauthorized,
    Unavailable,
    Unreadable,
    UnsupportedFile,
    UploadCancelled,
    UploadError,
)
from banyan_client.events import Event, Events
from banyan_client.oauth import OAuth, Tokens
from banyan_client.retries import Retry

__all__ = [
    "AsyncBanyan",
    "BadRequest",
    "Banyan",
    "BanyanError",
    "CodeNeeded",
    "Conflict",
    "Event",
    "Events",
    "Fault",
    "FileTooLarge",
    "Forbidden",
    "Invalid",
    "NotFound",
    "OAuth",
    "ProcessingFailed",
    "ProcessingTimeout",
    "RateLimited",
    "Redirected",
    "Retry",
    "SecondFactorNeeded",
    "Stale",
    "StorageRefused",
    "StorageUnavailable",
    "Tokens",
    "Unauthorized",
    "Unavailable",
    "Unreadable",
    "UnsupportedFile",
    "UploadCancelled",
    "UploadError",
]
