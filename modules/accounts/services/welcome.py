"""Greeting who has proven an address for the first time; before that it may be a stranger's."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from modules.accounts.models import User
from modules.accounts.selectors.addresses import list_addresses_to_tell
from modules.accounts.services.mail_words import write_welcome
from modules.mail.public import queue_mail
from sharding.errors import AlreadyDone
from sharding.scope import Once, writing_directory

# Who verifies an address later knows the place. No longer than it is remembered who was greeted
# (sharding/tasks.py).
_NEW: Final = timedelta(days=2)


def welcome(user_id: int, *, now: datetime) -> None:
    """Mail a welcome to a new account's verified address, once; to nobody as long as none is verified."""
    proven, _ = list_addresses_to_tell(user_id)
    user = User.objects.filter(id=user_id, created_at__gt=now - _NEW).only("username").first()
    if not proven or user is None:
        return
    once = Once("accounts.welcome", str(user_id))
    with suppress(AlreadyDone), writing_directory(once=once, owner_id=user_id):
        queue_mail(write_welcome(proven[0], user.username), now=now)
