"""The link under which somebody who has no account any more reads what became of it."""

from django.conf import settings
from django.core import signing

from modules.accounts.errors import ReceiptInvalid

_SALT = "accounts.receipt"


def sign_receipt(user_id: int) -> str:
    """Return what proves that its bearer asked for the erasure of this user; it never runs out."""
    return _signer().sign(str(user_id))


def read_receipt(receipt: str) -> int:
    """
    Return whose erasure a receipt is of.

    :raises ReceiptInvalid: if it was not signed here
    """
    try:
        return int(_signer().unsign(receipt))
    except (signing.BadSignature, ValueError) as error:
        raise ReceiptInvalid from error


def link_to(user_id: int) -> str:
    """Return the address where the receipt is read."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/v1/me/deletion?receipt={sign_receipt(user_id)}"


def _signer() -> signing.Signer:
    # A point is no letter of base64, and stands in addresses as it is.
    return signing.Signer(salt=_SALT, sep=".")
