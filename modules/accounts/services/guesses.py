"""
How often somebody may be wrong about a secret of a person who is already half-way in, or asked for a code.

Counted by the person, or by the very code, never by what carries the attempt: sessions are free. A try is
charged before it is made and given back if it was right, so that no number of threads tries more.
"""

from collections.abc import Callable

from django.conf import settings
from django.utils.crypto import salted_hmac

from modules.kernel import limits, quotas
from modules.kernel.limits import Cost, Limit

Refund = Callable[[], None]

SECOND_FACTORS = limits.declare(
    "second-factor", 10, 3600, counts="wrong second factors and passwords of one person"
)
CODES = limits.declare("code", 3, 3600, counts="tries at one mailed code")


def charge_guess_of_person(user_id: int) -> Refund:
    """
    Count a try at a person's second factor, or at the password of one who is logged in; all of them together.

    :raises LimitReached: if too many were wrong
    """
    return _acquire(SECOND_FACTORS, str(user_id))


def charge_guess_of_code(code: str) -> Refund:
    """
    Count a try at a code that was mailed, if there is one; each has its own few, however many ask at once.

    :raises LimitReached: if too many were wrong
    """
    if not code:
        return _nothing
    # A digest with a key: the bare one of a code of eight letters is soon found.
    return _acquire(CODES, salted_hmac("accounts.code", code).hexdigest())


def _acquire(limit: Limit, key: str) -> Refund:
    if not settings.LIMITS.is_on:
        return _nothing
    return quotas.acquire(Cost(limit, key))


def _nothing() -> None:
    """Give nothing back."""
