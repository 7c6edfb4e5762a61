"""What the mails of accounts say: one template of mail's (`message`), filled with words and facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from modules.mail.schemas import NewMail

NOT_YOU: Final = (
    "If this was not you: log in, change your password, which ends every session,"
    " and look at your apps and keys."
)
IGNORE: Final = "If this was not you, ignore this mail: nothing happens."


def to_subject(subject: str) -> str:
    """Return a subject with the service's name before it."""
    return f"[{settings.SITE_NAME}] {subject}"


def write_code(address: str, subject: str, *, why: str, code: str) -> NewMail:
    """Write a mail with a code to type; it stands on a line of its own, to be copied."""
    facts = {
        "heading": subject,
        "paragraphs": [f"{why} Enter this code where you were asked for it:"],
        "code": code,
        "note": f"{IGNORE} Give the code to nobody: nobody at {settings.SITE_NAME} asks you for it.",
    }
    # Without the code: a preview is read by who looks at a locked phone.
    return NewMail(to=address, subject=to_subject(subject), facts=facts, preheader=why)


def write_link(address: str, subject: str, *, why: str, label: str, url: str, note: str = IGNORE) -> NewMail:
    """Write a mail that leads to one page of the front end."""
    facts = {"heading": subject, "paragraphs": [why], "action": {"label": label, "url": url}, "note": note}
    return NewMail(to=address, subject=to_subject(subject), facts=facts, preheader=why)


def write_notice(
    address: str, what: str, details: Sequence[tuple[str, str]], *, subject: str = "Your account was changed"
) -> NewMail:
    """Write a mail that tells what was done to an account, when, and as far as it may be told from where."""
    why = "This was done to your account:"
    facts = {"heading": subject, "paragraphs": [why, what], "details": list(details), "note": NOT_YOU}
    return NewMail(to=address, subject=to_subject(subject), facts=facts, preheader=what)


def write_welcome(address: str, username: str) -> NewMail:
    """Write the mail that greets who has just proven an address for the first time."""
    front = settings.FRONTEND_URL
    facts = {
        "heading": f"Welcome to {settings.SITE_NAME}",
        "paragraphs": [
            f"Your address is verified, and your account is open. Your username is {username}.",
            "Follow a few people: what they post is your home. Your own posts are seen by whom you choose.",
            "A second way to show who you are (a passkey, an authenticator app) keeps the account yours.",
        ],
        "action": {"label": f"Open {settings.SITE_NAME}", "url": front},
        "note": f"You get this mail once, because this address was verified at {urlsplit(front).netloc}.",
    }
    subject = f"Welcome to {settings.SITE_NAME}"
    return NewMail(to=address, subject=subject, facts=facts, preheader="Your account is open.")


def write_farewell(address: str, receipt_url: str, *, at: datetime) -> NewMail:
    """Write the last mail to an address whose account was erased, with the link to what went."""
    last = "This is the last mail to this address."
    facts = {
        "heading": "Your account was erased",
        "paragraphs": [
            f"Your account was erased on {at:%d %B %Y}, as you asked.",
            "Whoever has this link can see what went:",
        ],
        "action": {"label": "See what went", "url": receipt_url},
        "note": last,
    }
    subject = to_subject("Your account was erased")
    return NewMail(to=address, subject=subject, facts=facts, preheader=last)
