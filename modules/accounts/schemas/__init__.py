"""What accounts tells others about an account, and the figures it runs by."""

from dataclasses import dataclass

from modules.accounts.schemas.apps import (
    APP_SCOPES,
    AppCard,
    AppCreated,
    AppPage,
    AppType,
    EditApp,
    GrantCard,
    GrantPage,
    KeyCard,
    KeyCreated,
    KeyPage,
    NewApp,
    NewKey,
    NewSecret,
    Rotation,
)
from modules.kernel.principals import Principal
from modules.kernel.shapes import Id, Nothing, Page, Shape, UtcDateTime

__all__ = [
    "APP_SCOPES",
    "REVOCATIONS",
    "AccountStatus",
    "AccountsSettings",
    "AppCard",
    "AppCreated",
    "AppPage",
    "AppType",
    "EditApp",
    "GrantCard",
    "GrantPage",
    "Held",
    "Identity",
    "KeyCard",
    "KeyCreated",
    "KeyPage",
    "NewApp",
    "NewKey",
    "NewSecret",
    "Rotation",
    "SessionCard",
    "SessionPage",
]

# The channel beside the directory where whoever keeps connections open hears what ended: `ended` and
# revocation ids, or `epoch`, a user and the lowest epoch of theirs that still lives.
REVOCATIONS = "auth:revoked"


@dataclass(frozen=True, slots=True)
class Held:
    """Credentials that live, by their digest, and what their end will be told by."""

    key_hash: str
    principal: Principal
    revocation_id: str


class Identity(Shape):
    """An account as every other context may know it; the e-mail address is nobody else's business."""

    id: Id
    username: str
    is_active: bool
    created_at: UtcDateTime


class AccountStatus(Shape):
    """Whether an account is open, and what closes it; for operators."""

    id: Id
    username: str
    is_active: bool
    suspended_at: UtcDateTime | None
    delete_after: UtcDateTime | None
    roles: list[str]


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """How long things are believed, and how much hashing a process bears; seconds."""

    # A process believes a principal this long without asking anybody: the slowest a revocation may act.
    principal_ttl: float = 2.0
    # Redis believes a session this long: what a log-out during an outage may need at most.
    entry_ttl: int = 60
    # And so much longer while the directory, which ought to be asked, is away.
    entry_grace: int = 60
    # How long it is remembered that credentials were good, for who shares an address with a guesser.
    good_ttl: int = 3600
    # A session in use is prolonged, by one UPDATE, at most this often.
    touch_after: int = 3600
    session_ttl: int = 30 * 86_400
    # Of a session that is nobody's yet: twice what allauth leaves for a log-in to be finished.
    open_session_ttl: int = 1800
    # How long somebody counts as present who has shown who they are: what is delicate asks for it anew then.
    presence_ttl: float = 300.0
    # Pages of this service beside the consent page that a log-in may lead to.
    pages: tuple[str, ...] = ("/ops",)
    # Argon2 at 19 MiB takes 35 ms of a core; more at once would only starve the other threads.
    hashes_at_once: int = 2
    hash_wait: float = 1.0


class SessionCard(Shape):
    """Where a user is logged in; the address of IPv6 is that of its network."""

    id: Id
    is_current: bool
    user_agent: str
    address: str
    created_at: UtcDateTime
    last_seen_at: UtcDateTime
    expires_at: UtcDateTime


class SessionPage(Page[SessionCard, Nothing, Nothing]):
    """Where a user is logged in, the newest log-in first."""
