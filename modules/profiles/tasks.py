"""What profiles does after the news of others, and its own."""

from modules.accounts.events import AccountCreated, AccountStatusChanged
from modules.kernel.bus import subscribes
from modules.profiles.events import ProfileEdited
from modules.profiles.services import audits  # noqa: F401 - they are registered where news is heard
from modules.profiles.services.profiles import create_profile, renew_card, set_profile_visibility
from sharding.scope import Once


@subscribes(AccountCreated)
def make_profile(event: AccountCreated, once: Once) -> None:
    """Make the profile of a new account on its shard, once."""
    create_profile(event.user_id, once=once)


@subscribes(AccountStatusChanged)
def sync_account_status(event: AccountStatusChanged, once: Once) -> None:
    """Hide a user whose account was closed, show one whose account was opened, once."""
    set_profile_visibility(event.user_id, is_active=event.is_active, once=once)


@subscribes(ProfileEdited)
def refresh_card(event: ProfileEdited, once: Once) -> None:
    """Renew the cached card, in case the editing request died or Redis was away; a repeat is harmless."""
    renew_card(event.user_id)
