"""Telling the owner of an account what was done to it: whoever did it may not be the owner."""

from datetime import datetime

from modules.accounts.events import SecurityNoticed
from modules.accounts.selectors.addresses import list_addresses_to_tell
from modules.accounts.services.mail_words import write_notice
from modules.mail.public import queue_asked_mail, queue_mail
from modules.mail.schemas import NewMail
from sharding import outbox
from sharding.scope import writing_directory


def notify(user_id: int, what: str, *, notice: str, name: str = "", now: datetime) -> None:
    """
    Mail what was done to every verified address of an account, in the transaction that does it; announce it.

    `notice` is what programs call it. `{name}` in what is mailed stands for what the user calls the thing. An
    address that nobody has proven may be a stranger's: nothing that somebody else has written goes there, and
    it counts with what one can ask for.
    """
    announce_notice(user_id, notice)
    proven, unproven = list_addresses_to_tell(user_id)
    for address in proven:
        queue_mail(_write(address, what.format(name=f" {name}" if name else ""), now), now=now)
    for address in unproven:
        mail = _write(address, what.format(name=""), now)
        queue_asked_mail(mail, is_of_receiver=lambda: False, now=now, is_notice=True)


def announce_notice(user_id: int, notice: str) -> None:
    """Announce that something was done to an account; beside the mail of it, whoever writes that."""
    with writing_directory(owner_id=user_id):
        outbox.record(SecurityNoticed(user_id=user_id, notice=notice), owner_id=user_id)


def _write(address: str, what: str, now: datetime) -> NewMail:
    """Return the notice to one address."""
    return write_notice(address, what, [("Date", f"{now:%d %B %Y, %H:%M} UTC")])
