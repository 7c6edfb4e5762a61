"""
A digest, made when the news of it is delivered: what is unread and what is popular, for its reader's eyes.

The mail is written down in one transaction of the directory with a row that says for which moment it was:
delivered again, nothing is written. From there on mail has it (modules/mail).
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.mail.schemas import NewMail
from modules.mailings.events import DigestDue
from modules.mailings.selectors.news import list_news
from modules.mailings.selectors.popular import list_popular
from modules.mailings.services.links import make_link
from modules.mailings.services.mails import to_fragment_key
from modules.notifications import public as notifications
from sharding.ids import moment_of
from sharding.scope import Once

# What was announced longer ago is no news: the next one is due by then. However late the clock is, it
# announces one, after which the day has had its own.
_WORTHLESS_AFTER: Final = timedelta(hours=20)


def send_digest(due: DigestDue, *, now: datetime) -> bool:
    """
    Have a user mailed what a digest tells them; return whether there was anything to be told, and an address.

    :raises AlreadyDone: if it was written down before
    :raises InstanceUnavailable: if it cannot be told now what they may see
    """
    is_wanted = notifications.find_preferences(due.user_id).digest != "off"
    if not is_wanted or now - moment_of(due.until_id) > _WORTHLESS_AFTER:
        return False
    mail = compose_digest(due)
    if mail is None:
        return False
    once = Once("mailings.digest", str(due.due))
    return bool(accounts.queue_bulk_mails({due.user_id: mail}, now=now, once=once, owner_id=due.user_id))


def compose_digest(due: DigestDue) -> NewMail | None:
    """Return what a digest says, addressed to nobody yet; None if there is nothing to say."""
    viewer = graph.viewer_of(due.user_id)
    news = list_news(viewer, after_id=due.after_id, until_id=due.until_id)
    popular = list_popular(viewer, after_id=due.after_id)
    if not news.lines and not popular:
        return None
    facts: dict[str, Any] = {
        "news": news.lines,
        "has_more": news.has_more,
        "notifications_url": f"{settings.FRONTEND_URL}/notifications",
        "popular": popular,
        "popular_key": to_fragment_key(post["key"] for post in popular),
    }
    first = news.lines[0] if news.lines else None
    return NewMail(
        to="",
        subject=f"{first['who']} {first['did']}" if first else f"Popular on {settings.SITE_NAME}",
        template="mailings/digest",
        facts=facts,
        preheader=popular[0]["text"][:100] if popular else "",
        unsubscribe_url=make_link(due.user_id, "digest"),
    )
