"""What is asked to be mailed, and how mails leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MAX_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """
    A mail before it is rendered: one template, and the facts that it shows.

    `template` names two files, `templates/mail/<template>.txt` and `….mjml`, in whichever context they lie:
    `message` is mail's own and does for most (modules/mail/README.md). `facts` are plain JSON; HTML in them
    is escaped where HTML is made. `preheader` is what an inbox shows after the subject. With an
    `unsubscribe_url` (https, it takes RFC 8058's POST) the mail says how one no longer gets its like, to
    programs and to people.

    :raises ValueError: if an address or URL cannot stand in a header
    """

    to: str
    subject: str
    template: str = "message"
    facts: Mapping[str, Any] = field(default_factory=dict)
    preheader: str = ""
    language: str = "en"
    unsubscribe_url: str = ""

    def __post_init__(self) -> None:
        """Make the subject one line, whatever was put into it."""
        line = "".join(char if char.isprintable() else " " for char in self.subject)
        object.__setattr__(self, "subject", " ".join(line.split())[:MAX_SUBJECT])
        for name, value in (("to", self.to), ("unsubscribe_url", self.unsubscribe_url)):
            if not value.isprintable() or set(value) & set(" <>"):
                raise ValueError(f"{name} cannot stand in the header of a mail.")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """
    How mails leave, beside Django's own settings.

    With a `provider` (anymail's name of it) mails leave by its API, and it tells what came back if
    `hears_provider`. With a `dkim_key` (PEM) a worker signs them, for `dkim_domain` under `dkim_selector`.
    """

    provider: str = ""
    hears_provider: bool = False
    dkim_key: str = ""
    dkim_selector: str = ""
    dkim_domain: str = ""
