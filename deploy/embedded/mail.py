"""`make mail`: the mails that this checkout's stack has sent; it sends them to a folder."""

from __future__ import annotations

from email import message_from_string
from email.header import decode_header, make_header
from email.message import Message

from deploy.embedded.errors import StackError
from deploy.embedded.layout import checkout_layout

# What Django's backend of files writes behind each.
_RULE = "-" * 79


def mail(*, count: int) -> int:
    """
    Print the newest mails, the newest last.

    :raises StackError: if none was sent
    """
    folder = checkout_layout().mails
    sent = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
    if not sent:
        raise StackError("No mail was sent yet.")
    for path in sent[len(sent) - min(count, len(sent)) :]:
        for mail in path.read_text(errors="replace").split(f"{_RULE}\n"):
            if mail.strip():
                _show(message_from_string(mail))
    return 0


def _show(mail: Message) -> None:
    """Print who is told what, as text: in a terminal nobody reads HTML."""
    plain = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), mail)
    for name in ("To", "Subject", "Date"):
        print(f"{name}: {make_header(decode_header(mail[name] or ''))}")
    print(f"\n{plain.get_payload()}\n{_RULE}")
