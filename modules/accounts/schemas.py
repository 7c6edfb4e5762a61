"""What accounts tells others about an account, and the figures it runs by."""

from dataclasses import dataclass

from modules.kernel.shapes import Id, Moment, Shape


class Identity(Shape):
    """An account as every other context may know it; the e-mail address is nobody else's business."""

    id: Id
    username: str
    is_active: bool
    created_at: Moment


@dataclass(frozen=True, slots=True)
class AccountsSettings:
    """How long things are believed, and how much hashing a process bears; seconds."""

    # A process believes a principal this long without asking anybody: the slowest a revocation may act.
    principal_life: float = 2.0
    # Redis believes a session this long: what a log-out during an outage may need at most.
    entry_life: int = 60
    # A session in use is prolonged, by one UPDATE, at most this often.
    touch_after: int = 3600
    session_life: int = 30 * 86_400
    # Argon2 at 19 MiB takes 35 ms of a core; more at once would only starve the other threads.
    hashes_at_once: int = 2
    hash_wait: float = 1.0
