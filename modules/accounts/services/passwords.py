"""
The one form of a password, wherever it is typed: as it was typed, in NFC.

No blank is taken off and no case folded. NFC unites only what keyboards make of one key: a Mac sends `é` as
two code points, others as one. It is the form of RFC 8265's OpaqueString; NFKC would make one of `ﬁ` and
`fi`, of `²` and `2`, and so a password weaker than it looks.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from modules.accounts.errors import PasswordInvalid

MAX_PASSWORD: Final = 128
# What normalizing may shrink a text by at most, so that no more is normalized than could be meant.
_SHRINKS_BY: Final = 4


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of whose a new password is to be, where there is no account to be asked."""

    username: str | None = None
    email: str | None = None


def to_password(text: str) -> str:
    """
    Return the one form of a password.

    :raises PasswordInvalid: if it is too long to be meant, or holds what cannot be typed into a form
    """
    if (
        len(text) > MAX_PASSWORD * _SHRINKS_BY
        or len(text := unicodedata.normalize("NFC", text)) > MAX_PASSWORD
    ):
        raise PasswordInvalid(f"Use at most {MAX_PASSWORD} characters.")
    # Controls and lone surrogates: browsers drop or change them in a form, so one page could not send them.
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise PasswordInvalid("Use characters that a form can send: no tab, no line break, no other control.")
    return text
