"""Telling the owner of an account what was done to it: whoever did it may not be the owner."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from modules.accounts.selectors.addresses import list_addresses_to_tell
from modules.accounts.services.mails import queue_mail

_SUBJECT = "Your account was changed"


def notify(user_id: int, what: str, *, now: datetime) -> None:
    """Mail what was done to every verified address of an account, in the transaction that does it."""
    site = {"name": settings.SITE_NAME, "domain": urlsplit(settings.PUBLIC_URL).netloc}
    text = render_to_string(
        "account/email/notice_message.txt", {"what": what, "at": now, "current_site": site}
    )
    for address in list_addresses_to_tell(user_id):
        queue_mail(EmailMessage(f"[{settings.SITE_NAME}] {_SUBJECT}", text.strip(), to=[address]), now=now)
