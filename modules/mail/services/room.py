"""
How many mails one person gets, counted by mailbox.

What strangers can have sent is counted apart from what is done to an account: neither uses up the other's.
"""

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from modules.kernel import limits, quotas
from modules.kernel.limits import Cost, Limit, LimitReached

# To one person; the last is kept for where the person has got in before.
MAILS_HOURLY = limits.declare("mail-hourly", 5, 3600, counts="mails to one receiver that anybody can ask for")
MAILS_DAILY = limits.declare("mail-daily", 20, 86_400, counts="the same, over a day")
OF_STRANGERS_HOURLY = limits.declare(
    "mail-of-strangers-hourly",
    4,
    3600,
    counts="of those, mails asked for from where the receiver has not got in before",
)
OF_STRANGERS_DAILY = limits.declare("mail-of-strangers-daily", 16, 86_400, counts="the same, over a day")
# About what was done to an account, which takes being logged in to it.
NOTICES_HOURLY = limits.declare(
    "notice-hourly", 20, 3600, counts="mails to one person about what was done to their account"
)
NOTICES_DAILY = limits.declare("notice-daily", 60, 86_400, counts="the same, over a day")
# The one great provider whose two names lead to one mailbox; others give the same name under another domain
# of theirs (hotmail.com, outlook.com) to another person.
SAME_DOMAIN = {"googlemail.com": "gmail.com"}

log = structlog.get_logger(__name__)


def has_room(address: str, *quotas_of_receiver: Limit) -> bool:
    """Charge a mail to its receiver; return whether that was possible."""
    if not settings.LIMITS.is_on:
        return True
    receiver = _to_mailbox(address)
    try:
        quotas.acquire(*(Cost(limit, receiver) for limit in quotas_of_receiver))
    except LimitReached as reached:
        log.info("mail_left_out", limit=reached.state.limit.name)
        return False
    return True


def _to_mailbox(address: str) -> str:
    """
    Return what stands for the mailbox that an address leads to, as far as can be told.

    Many servers ignore dots and what follows a plus. Two people whom that makes one share a limit, no more.
    """
    name, _, domain = address.strip().lower().rpartition("@")
    mailbox = f"{name.partition('+')[0].replace('.', '')}@{SAME_DOMAIN.get(domain, domain)}"
    return salted_hmac("mail.mailbox", mailbox, algorithm="sha256").hexdigest()
