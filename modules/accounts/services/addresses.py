"""
The one form of an e-mail address, made before anything counts, finds, stores or mails it.

The domain is kept as DNS knows it (UTS 46, IDNA 2008), so that `bücher.example` and `xn--bcher-kva.example`
are one; and the whole in lower case, for no mail server of today tells two people apart by that. What is too
long is refused, never cut: a cut address is somebody else's.
"""

from typing import Final

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from modules.accounts.errors import AddressInvalid
from modules.accounts.models.users import to_username

# RFC 5321, 4.5.3.1: of a path 256, less its angle brackets.
MAX_ADDRESS: Final = 254
MAX_LOCAL: Final = 64
# What is longer is no name in any spelling: of Unicode's some take twice the room that their one form takes.
MAX_SENT: Final = 2 * MAX_ADDRESS
# What stands for all names that are longer: nobody has it, and it costs nothing to find that out.
NOBODY: Final = ""

_TOO_LONG: Final = (
    f"Send an e-mail address of at most {MAX_ADDRESS} characters, {MAX_LOCAL} of them before the @."
)
# `localhost` is a domain here like any other, and so none.
_check = EmailValidator(allowlist=[])


def to_address(text: str) -> str:
    """
    Return the one form of an address, ASCII in lower case.

    :raises AddressInvalid: if it is none that mail of ours would reach
    """
    local, _, domain = text.strip(" \t\r\n").rpartition("@")
    # The bound comes first: the work of IDNA grows with what is sent. Quoted locals have many spellings, and
    # a domain literal is no name.
    if len(text) > MAX_SENT or len(local) > MAX_LOCAL:
        raise AddressInvalid(_TOO_LONG)
    if not local.isascii() or local.startswith('"'):
        raise AddressInvalid
    address = f"{local.lower()}@{_to_ascii(domain)}"
    if len(address) > MAX_ADDRESS:
        raise AddressInvalid(_TOO_LONG)
    try:
        _check(address)
    except ValidationError:
        raise AddressInvalid from None
    return address


def find_address(text: str) -> str | None:
    """Return the one form of an address, or None of what is none: nobody has that."""
    try:
        return to_address(text)
    except AddressInvalid:
        return None


def to_login(text: str) -> str:
    """Return the one form of what somebody logs in under: an address, a username, or `NOBODY` of neither."""
    if len(text) > MAX_SENT:
        return NOBODY
    return (find_address(text) if "@" in text else None) or to_username(text.strip())


def _to_ascii(domain: str) -> str:
    """Return a domain as DNS knows it; one that does not survive the way there and back is none."""
    try:
        ascii_form = idna.encode(domain, uts46=True, std3_rules=True)
        if idna.encode(idna.decode(ascii_form)) != ascii_form:
            raise AddressInvalid
    except idna.IDNAError:
        raise AddressInvalid from None
    return ascii_form.decode()
