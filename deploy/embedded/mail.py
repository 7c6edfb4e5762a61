"""`make mail`: the mails that this checkout's stack has sent; it sends them to a folder."""

from __future__ import annotations

from deploy.embedded.errors import StackError
from deploy.embedded.layout import checkout_layout


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
        print(path.read_text(errors="replace"))
    return 0
