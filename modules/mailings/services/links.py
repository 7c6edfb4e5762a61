"""
Links that end one kind of mail for one user (RFC 8058): a signature in place of a log-in.

A link says which list of which user, and a part of an HMAC that only this service can make. It holds no
address, opens nothing else, and works as long as the account is there: mails are kept for years.
"""

import base64
import binascii
import hmac
from typing import Final

from django.conf import settings
from django.utils.crypto import salted_hmac

from modules.mailings.errors import LinkUnknown
from modules.mailings.schemas import MAILING_LISTS, MailingList

_SALT: Final = "mailings.unsubscribe"
# 128 bits, of which nobody guesses one; and a link that fits into a line.
_SIGNED: Final = 16
_SAID: Final = 9
LENGTH: Final = -(-(_SAID + _SIGNED) * 4 // 3)


def make_token(user_id: int, mailing_list: MailingList) -> str:
    """Return what stands for one list of one user in a link: the same each time."""
    said = bytes([MAILING_LISTS.index(mailing_list)]) + user_id.to_bytes(8, "big")
    signed = said + _sign(said, settings.SECRET_KEY)
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def read_token(token: str) -> tuple[int, MailingList]:
    """
    Return whose list a link ends.

    :raises LinkUnknown: if it was not made here
    """
    try:
        signed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) == LENGTH else b""
    except (binascii.Error, ValueError):
        raise LinkUnknown from None
    said, signature = signed[:_SAID], signed[_SAID:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    # Of one token there is one way to write it, so that what was counted or blocked cannot be written anew.
    is_canonical = base64.urlsafe_b64encode(signed).rstrip(b"=").decode() == token
    if not is_canonical or not any(hmac.compare_digest(signature, _sign(said, key)) for key in keys):
        raise LinkUnknown
    if said[0] >= len(MAILING_LISTS):
        raise LinkUnknown
    return int.from_bytes(said[1:], "big"), MAILING_LISTS[said[0]]


def make_link(user_id: int, mailing_list: MailingList) -> str:
    """Return the address of the page, and of the POST, that ends a list for a user."""
    return f"{settings.PUBLIC_URL}/v1/unsubscriptions/{make_token(user_id, mailing_list)}"


def _sign(said: bytes, key: str) -> bytes:
    signature: bytes = salted_hmac(_SALT, said, secret=key, algorithm="sha256").digest()
    return signature[:_SIGNED]
