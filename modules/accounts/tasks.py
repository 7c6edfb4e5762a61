"""What accounts does after its own news, and by the clock."""

from modules.accounts.events import CredentialsEnded, MailQueued, SessionEnded, SessionsRevoked
from modules.accounts.services.account_status import forget_pending_accounts as forget_pending
from modules.accounts.services.revocations import cache_epoch, cache_revocations
from modules.accounts.services.sessions import forget_expired_sessions as forget
from modules.accounts.services.token_families import forget_spent_tokens as forget_spent
from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.mail.public import send_mail
from sharding.scope import Once


@subscribes(SessionEnded)
def forget_ended_session(event: SessionEnded, once: Once) -> None:
    """Tell Redis that a session is dead, in case it could not be told at once; it is idempotent."""
    cache_revocations(event.session_id)


@subscribes(SessionsRevoked)
def forget_revoked_sessions(event: SessionsRevoked, once: Once) -> None:
    """Tell Redis that older sessions are dead, in case it could not be told at once; it is idempotent."""
    cache_epoch(event.user_id, event.epoch)


@subscribes(CredentialsEnded)
def forget_ended_credentials(event: CredentialsEnded, once: Once) -> None:
    """Tell Redis that tokens or keys are dead, in case it could not be told at once; it is idempotent."""
    cache_revocations(*event.revocation_ids)


@subscribes(MailQueued)
def send_queued_mail(event: MailQueued, once: Once) -> None:
    """Send what was announced before mail was a context of its own, and is delivered after."""
    send_mail(event.mail_id, now=clock.now())


@periodic
def forget_spent_tokens() -> None:
    """Delete tokens whose time is over, and what is remembered of used ones."""
    forget_spent(now=clock.now())


@periodic
def forget_expired_sessions() -> None:
    """Delete the sessions whose time is over."""
    forget(now=clock.now())


@periodic
def forget_pending_accounts() -> None:
    """Give the usernames of sign-ups free that nobody has finished in a day."""
    forget_pending(now=clock.now())
