"""What other contexts may ask accounts, and nothing else."""

from modules.accounts.errors import (
    AccountNotFound,
    ConfirmationMismatch,
    EmailTaken,
    HashingBusy,
    ReauthenticationRequired,
    UsernameInvalid,
    UsernameTaken,
)
from modules.accounts.selectors.identities import (
    find_user_id,
    get_identity,
    list_account_ids,
    map_identities,
    map_open_user_ids,
    map_user_ids,
)
from modules.accounts.selectors.sessions import select_live_sessions
from modules.accounts.services.account_status import (
    cancel_deletion,
    request_deletion,
    restore_account,
    suspend_account,
)
from modules.accounts.services.accounts import (
    create_account,
    end_all_sessions,
    set_password,
    set_roles,
)
from modules.accounts.services.bulk import create_accounts_in_bulk
from modules.accounts.services.presence import require_presence
from modules.accounts.services.principals import find_held
from modules.accounts.services.sessions import forget_expired_sessions, hash_key, issue_session_token

__all__ = [
    "AccountNotFound",
    "ConfirmationMismatch",
    "EmailTaken",
    "HashingBusy",
    "ReauthenticationRequired",
    "UsernameInvalid",
    "UsernameTaken",
    "cancel_deletion",
    "create_account",
    "create_accounts_in_bulk",
    "end_all_sessions",
    "find_held",
    "find_user_id",
    "forget_expired_sessions",
    "get_identity",
    "hash_key",
    "issue_session_token",
    "list_account_ids",
    "map_identities",
    "map_open_user_ids",
    "map_user_ids",
    "request_deletion",
    "require_presence",
    "restore_account",
    "select_live_sessions",
    "set_password",
    "set_roles",
    "suspend_account",
]
