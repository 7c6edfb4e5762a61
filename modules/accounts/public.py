"""What other contexts may ask accounts, and nothing else."""

from modules.accounts.errors import (
    AccountNotFound,
    ConfirmationMismatch,
    EmailTaken,
    HashingBusy,
    NotErasable,
    ReauthenticationRequired,
    ReceiptInvalid,
    UsernameInvalid,
    UsernameTaken,
)
from modules.accounts.selectors.identities import (
    find_account_status,
    find_deletion,
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
from modules.accounts.services.erasure import (
    begin_erasure,
    erase_account,
    forget_held_names,
    list_erasable,
)
from modules.accounts.services.mailing import queue_bulk_mails
from modules.accounts.services.presence import is_present, require_presence
from modules.accounts.services.principals import find_held
from modules.accounts.services.receipts import link_to, read_receipt, sign_receipt
from modules.accounts.services.sessions import forget_expired_sessions, hash_key, issue_session_token

__all__ = [
    "AccountNotFound",
    "ConfirmationMismatch",
    "EmailTaken",
    "HashingBusy",
    "NotErasable",
    "ReauthenticationRequired",
    "ReceiptInvalid",
    "UsernameInvalid",
    "UsernameTaken",
    "begin_erasure",
    "cancel_deletion",
    "create_account",
    "create_accounts_in_bulk",
    "end_all_sessions",
    "erase_account",
    "find_account_status",
    "find_deletion",
    "find_held",
    "find_user_id",
    "forget_expired_sessions",
    "forget_held_names",
    "get_identity",
    "hash_key",
    "is_present",
    "issue_session_token",
    "link_to",
    "list_account_ids",
    "list_erasable",
    "map_identities",
    "map_open_user_ids",
    "map_user_ids",
    "queue_bulk_mails",
    "read_receipt",
    "request_deletion",
    "require_presence",
    "restore_account",
    "select_live_sessions",
    "set_password",
    "set_roles",
    "sign_receipt",
    "suspend_account",
]
