"""
How often somebody may try to sign in, sign up or get a new password.

Counted before any of it is tried, by account, by address and by both together: ten thousand passwords for one
name, one password for ten thousand names, and either of them slowly from one place. A name is counted whether
anybody has it or not, so that the limit tells nothing.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from modules.accounts.services.addresses import to_login
from modules.kernel import limits
from modules.kernel.limits import Charge


def charge_log_in(name: str, address: str) -> None:
    """
    Count an attempt to log in under a name from an address.

    :raises LimitReached: if either, or both together, have tried too often
    """
    known, account = settings.LIMITS, _digest(name)
    _take(
        Charge(known.log_ins_of_account, account),
        Charge(known.log_ins_of_address, address),
        Charge(known.log_ins_of_pair, f"{account}:{address}"),
    )


def charge_sign_up(address: str) -> None:
    """
    Count an attempt to sign up from an address.

    :raises LimitReached: if too many came from there
    """
    _take(Charge(settings.LIMITS.sign_ups, address))


def charge_reset(name: str, address: str) -> None:
    """
    Count a request for a new password.

    :raises LimitReached: if too many were asked for this name, or from there
    """
    known = settings.LIMITS
    _take(Charge(known.resets_of_account, _digest(name)), Charge(known.resets_of_address, address))


def charge_step(address: str) -> None:
    """
    Count any other step of signing in: a code, a second factor, a change.

    :raises LimitReached: if too many came from there
    """
    _take(Charge(settings.LIMITS.steps, address))


def charge_attempt(path: str, sent: Mapping[str, Any], *, address: str) -> None:
    """
    Count what is about to be sent to one of allauth's paths, whichever of the above it is.

    :raises LimitReached: if that was tried too often
    """
    if path.endswith("/auth/login"):
        charge_log_in(_name_in(sent), address)
    elif path.endswith("/signup"):
        charge_sign_up(address)
    elif path.endswith("/password/request"):
        charge_reset(_name_in(sent), address)
    else:
        charge_step(address)


def _name_in(sent: Mapping[str, Any]) -> str:
    """Return the name that was sent, whatever else that is; one spelling of it, as for allauth."""
    return to_login(str(sent.get("email") or sent.get("username") or ""))


def _digest(name: str) -> str:
    """Return what stands for a name in Redis, where no address of anybody should be read."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def _take(*charges: Charge) -> None:
    if settings.LIMITS.is_on:
        limits.take(*charges)
