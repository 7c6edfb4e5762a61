"""What accounts refuses."""

from modules.kernel.errors import Conflict, Invalid, NotFound, Unavailable


class AccountNotFound(NotFound):
    """There is no account of this id."""

    code = "account_not_found"
    title = "There is no such account."


class UsernameTaken(Conflict):
    """Somebody has this username, or one that looks just like it."""

    code = "username_taken"
    title = "This username is taken."


class EmailTaken(Conflict):
    """Somebody has an account with this e-mail address."""

    code = "email_taken"
    title = "A user is already registered with this email address."


class UsernameInvalid(Invalid):
    """The username breaks the rule for usernames."""

    code = "username_invalid"
    title = "A username has 3 to 30 characters of a-z, 0-9 and _."


class HashingBusy(Unavailable):
    """Too many passwords are being checked in this process."""

    code = "hashing_busy"
    title = "Too many people are logging in at this moment; try again."
