"""The mails that allauth wants sent, by the name of its template, in our words and layout."""

from typing import Any, Final

from allauth.account.utils import user_display
from django.conf import settings

from modules.accounts.services.mail_words import write_code, write_link, write_notice
from modules.mail.schemas import NewMail

# The mails that strangers can have sent to anybody; all others tell somebody what was done to their account.
ASKED_FOR: Final = frozenset(
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "password_reset_code",
        "password_reset_key",
        "unknown_account",
    )
)

_CHOOSE: Final = "Choose a new password"

# Of each notice its subject and what was done, with what allauth tells of it.
NOTICES: Final = {
    "account/email/email_added": (
        "Email Added",
        "Email address {added_email} is being added to your account. It counts as soon as it is verified.",
    ),
    "account/email/email_changed": (
        "Email Changed",
        "Your email address was changed from {from_email} to {to_email}.",
    ),
    "account/email/email_confirm": ("Email Confirmed", "Your email address was confirmed."),
    "account/email/email_deleted": (
        "Email Removed",
        "Email address {deleted_email} was removed from your account.",
    ),
    "account/email/password_changed": ("Password Changed", "Your password was changed."),
    "account/email/password_reset": ("Password Reset", "Your password was reset."),
    "account/email/password_set": ("Password Set", "Your password was set."),
    "mfa/email/recovery_codes_generated": (
        "New Recovery Codes Generated",
        "A new set of recovery codes was generated; the old ones are worthless.",
    ),
    "mfa/email/totp_activated": ("Authenticator App Activated", "An authenticator app was activated."),
    "mfa/email/totp_deactivated": ("Authenticator App Deactivated", "The authenticator app was deactivated."),
    "mfa/email/webauthn_added": ("Security Key Added", "A security key or passkey was added."),
    "mfa/email/webauthn_removed": ("Security Key Removed", "A security key or passkey was removed."),
    "socialaccount/email/account_connected": (
        "Third-Party Account Connected",
        "An account at {provider} was connected to your account.",
    ),
    "socialaccount/email/account_disconnected": (
        "Third-Party Account Disconnected",
        (
            "{provider} was disconnected from your account. Wherever somebody was logged in by it, they are"
            " logged out, but for where it was disconnected."
        ),
    ),
}


def write_mail(template_prefix: str, address: str, context: dict[str, Any]) -> NewMail:
    """Return the mail that allauth knows by the prefix of its templates."""
    if template_prefix in ASKED_FOR:
        return _write_asked(template_prefix.rpartition("/")[2], address, context)
    subject, what = NOTICES[template_prefix]
    details = [("Date", f"{context['timestamp']:%d %B %Y, %H:%M} UTC")]
    if "ip" in context:
        details += [("IP address", context["ip"]), ("Browser", context["user_agent"])]
    return write_notice(address, what.format_map(context), details, subject=subject)


def _write_asked(name: str, address: str, context: dict[str, Any]) -> NewMail:
    """Return a mail that somebody asked for."""
    site = settings.SITE_NAME
    match name:
        case "email_confirmation" | "email_confirmation_signup":
            subject = "Please Confirm Your Email Address"
            why = f"{user_display(context['user'])} gave this email address for an account at {site}."
            if "code" in context:
                return write_code(address, subject, why=why, code=context["code"])
            return write_link(address, subject, why=why, label="Confirm", url=context["activate_url"])
        case "login_code":
            return write_code(
                address, "Sign-In Code", why=f"You want to log in to {site}.", code=context["code"]
            )
        case "password_reset_code":
            why = f"Somebody asked for a new password for your account at {site}."
            return write_code(address, "Password Reset Code", why=why, code=context["code"])
        case "password_reset_key":
            why = f"Somebody asked for a new password for your account at {site}."
            url = context["password_reset_url"]
            return write_link(address, "Password Reset Email", why=why, label=_CHOOSE, url=url)
        case "account_already_exists":
            why = (
                f"Somebody tried to sign up at {site} with {address}, which has an account already."
                " If it was you, and you do not know its password any more, choose a new one."
            )
            url = context["password_reset_url"]
            return write_link(address, "Account Already Exists", why=why, label=_CHOOSE, url=url)
        case _:
            why = f"Somebody asked for an account at {site} with {address}, which has none: you may sign up."
            url = context["signup_url"]
            return write_link(address, "Unknown Account", why=why, label="Sign up", url=url)
