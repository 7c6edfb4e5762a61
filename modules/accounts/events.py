"""What accounts announces; all of it is recorded in the directory."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated:
    """An account was made and both its names are claimed."""

    name: ClassVar[str] = "accounts.account_created.v1"

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatusChanged:
    """An account was closed, or opened again: nothing of its user may be shown, or all may."""

    name: ClassVar[str] = "accounts.account_status_changed.v1"

    user_id: int
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureBegun:
    """
    An account is being erased, and nothing takes that back.

    What its user owns on their own shard is deleted without anybody's doing, and only when all have heard
    this: until then it is there to be read. Whatever is kept of them elsewhere, its context deletes now.
    """

    name: ClassVar[str] = "accounts.erasure_begun.v1"

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountErased:
    """There is no such account any more; what was made of its names goes now, for nothing makes it anew."""

    name: ClassVar[str] = "accounts.account_erased.v1"

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailQueued:
    """A mail waits to be sent. Nobody says it any more (`modules/mail`); some may still have to hear it."""

    name: ClassVar[str] = "accounts.mail_queued.v1"

    mail_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded:
    """One session of a user ended: they logged out there, or its key was changed."""

    name: ClassVar[str] = "accounts.session_ended.v1"

    user_id: int
    session_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRevoked:
    """Every session of a user with a lower epoch than this is dead."""

    name: ClassVar[str] = "accounts.sessions_revoked.v1"

    user_id: int
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityNoticed:
    """Something was done to an account, of which its owner is mailed: `notice` says what."""

    name: ClassVar[str] = "accounts.security_noticed.v1"

    user_id: int
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsEnded:
    """Access tokens or keys of an app ended early; their cached entries are found by these ids."""

    name: ClassVar[str] = "accounts.credentials_ended.v1"

    app_id: str
    revocation_ids: list[str]
