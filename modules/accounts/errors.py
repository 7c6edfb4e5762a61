"""What accounts refuses."""

from modules.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class AccountNotFound(NotFound):
    """There is no account of this id."""

    code = "account_not_found"
    title = "There is no such account."


class UsernameTaken(Conflict):
    """Somebody has this username, or one that looks just like it."""

    code = "username_taken"
    title = "This username is taken."


class DoneMeanwhile(Conflict):
    """Another request has done just this in the same moment."""

    code = "done_meanwhile"
    title = "Another request has done this just now; look what is there before you send it again."


class EmailTaken(Conflict):
    """Somebody has an account with this e-mail address."""

    code = "email_taken"
    title = "A user is already registered with this email address."


class NotErasable(Conflict):
    """Nobody wishes the account to be erased, its user may still change their mind, or it is being erased."""

    code = "not_erasable"
    title = "This account is not due to be erased, or is being erased already."


class ReceiptInvalid(NotFound):
    """What was shown as a receipt is none of ours."""

    code = "receipt_invalid"
    title = "This is no receipt of an erasure; send it as it stood in the mail."


class UsernameInvalid(Invalid):
    """The username breaks the rule for usernames."""

    code = "username_invalid"
    title = "A username has 3 to 30 characters of a-z, 0-9 and _."


class AddressInvalid(Invalid):
    """What was sent as an e-mail address is none that mail would reach."""

    code = "email_invalid"
    title = "Send an e-mail address like ada@example.org."


class PasswordInvalid(Invalid):
    """The password is longer than anybody types, or cannot be typed."""

    code = "password_invalid"
    title = "This cannot be a password."


class HashingBusy(Unavailable):
    """Too many passwords are being checked in this process."""

    code = "hashing_busy"
    title = "Too many people are logging in at this moment; try again."


class ConfirmationMismatch(Invalid):
    """What was sent to confirm a deletion is not the caller's username."""

    code = "confirmation_mismatch"
    title = "Send your own username as confirm."


class SessionNotFound(NotFound):
    """The caller has no such session, or no more."""

    code = "session_not_found"
    title = "You have no such session."


class AppNotFound(NotFound):
    """There is no such app of the caller's."""

    code = "app_not_found"
    title = "You have no such app."


class TooManyAddresses(Invalid):
    """The account has reached the limit of addresses."""

    code = "too_many_addresses"
    title = "You have reached the limit of addresses; delete one first."


class TooManyPasskeys(Invalid):
    """The account has reached the limit of passkeys and security keys."""

    code = "too_many_passkeys"
    title = "You have reached the limit of passkeys; delete one first."


class TooManyApps(Invalid):
    """The caller has reached the limit of apps."""

    code = "too_many_apps"
    title = "You have reached the limit of apps; delete one first."


class KeyNotFound(NotFound):
    """The app has no such key, or no more."""

    code = "key_not_found"
    title = "This app has no such key."


class TooManyKeys(Invalid):
    """The app has reached the limit of keys."""

    code = "too_many_keys"
    title = "This app has reached the limit of keys; revoke one first."


class PublicAppHasNoKeys(Invalid):
    """Keys are secrets, and a public app cannot keep one."""

    code = "public_app"
    title = "A public app cannot keep a secret, so it has no keys."


class OperatorsOnly(Forbidden):
    """Only an operator can let a key act for users."""

    code = "operators_only"
    title = "Only an operator can let a key act for users."


class OnBehalfNotAllowed(Forbidden):
    """These credentials may not name a user to act for."""

    code = "on_behalf_not_allowed"
    title = "These credentials may not act for users."


class OnBehalfUnknown(NotFound):
    """The user to act for is nobody, or not active."""

    code = "on_behalf_unknown"
    title = "There is no such user to act for."


class ReauthenticationRequired(Forbidden):
    """The session is good, and its user has not shown for minutes who they are."""

    code = "reauthentication_required"
    title = "Confirm that it is you, then repeat this request."

    def __init__(self) -> None:
        """Say how."""
        super().__init__(
            "POST the password to /auth/app/v1/auth/reauthenticate or a code to"
            " /auth/app/v1/auth/2fa/reauthenticate (from a browser /auth/browser/v1/…), or log in again; then"
            " repeat this within five minutes."
        )
