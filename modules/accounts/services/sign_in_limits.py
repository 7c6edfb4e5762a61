"""
How often somebody may try to sign in, sign up or get a new password.

Counted before any of it is tried, by name, by address and by both together: ten thousand passwords for one
name, one password for ten thousand names, and either of them slowly from one place. A name is counted whether
anybody has it or not, so that the limit tells nothing. What strangers use up of a name is not its owner's: an
address or a browser from which the owner has got in before counts by itself.

A person has several names: a username and addresses. They are counted together as well, and silently: to be
refused under an address that was never tried before would tell whose it is.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable

from django.conf import settings

from modules.accounts.selectors.places import Place, find_known
from modules.accounts.services.addresses import MAX_SENT, NOBODY, to_login
from modules.accounts.services.guesses import Refund
from modules.kernel import limits
from modules.kernel.limits import Cost, Limit, LimitReached

# Any request under /auth/ and /identity/, before anything of it is read.
SIGN_IN = limits.declare("sign-in", 3000, 300, counts="an address's requests under `/auth/` and `/identity/`")
SIGN_UPS = limits.declare("sign-up", 5, 1800, counts="an address's sign-ups")
# Under one name from all places where its owner has not got in before, and from one place: the second lets so
# few through that many places are needed to use up the first.
LOG_INS_OF_ACCOUNT = limits.declare(
    "log-in-account",
    100,
    3600,
    counts="log-ins under one name, from where its owner has not got in before",
)
LOG_INS_OF_ADDRESS = limits.declare("log-in-address", 30, 60, counts="log-ins from one address")
LOG_INS_OF_PAIR = limits.declare("log-in", 5, 300, counts="log-ins under one name from one address")
LOG_INS_OF_PAIR_HOURLY = limits.declare("log-in-hourly", 20, 3600, counts="the same, over an hour")
RESETS_OF_ADDRESS = limits.declare("reset-address", 20, 300, counts="requests for a new password, by address")
# Half-finished log-ins, sign-ups and resets, by the address that opened them.
OPEN_SESSIONS = limits.declare("new-session", 100, 300, counts="an address's new sessions that are nobody's")
# Codes, second factors, changes.
STEPS = limits.declare("sign-in-step", 60, 300, counts="an address's other steps under `/auth/`")

# What somebody is counted by who is known, though others have used up what there is of their address: asked
# only then.
FindOwn = Callable[[], str | None]


def charge_log_in(name: str, place: Place) -> Refund:
    """
    Count an attempt to log in under a name from a place; return what gives it back, should it succeed.

    Where the owner of the name has got in before, what strangers do elsewhere does not count; in a browser of
    theirs, not even what others do at its address.

    :raises LimitReached: if too many were tried under the name, or from there
    """
    if not settings.LIMITS.is_on:
        return _nothing
    source = find_known(_fold(name), place)
    tried = _tries(_digest(name), source, place)
    is_own_device = place.device != "" and source == place.digests[0]
    # Who logs in rightly all the time works as hard for the hasher: that is not given back. Of a browser of
    # the owner's it is counted by itself.
    worker = place.digests[0] if is_own_device else place.address
    limits.acquire(*tried, Cost(LOG_INS_OF_ADDRESS, worker))
    return lambda: _refund(tried)


def charge_person(username: str, place: Place) -> Refund | None:
    """
    Count an attempt at a person under any of their names, by the same figures as one name is.

    Return what gives it back; None if too many were tried: then whatever password comes is to be a wrong one.
    A name that is nobody's is counted under itself, for the work has to be the same.
    """
    if not settings.LIMITS.is_on:
        return _nothing
    tried = _tries(f"person:{_digest(username)}", find_known(_fold(username), place), place)
    try:
        limits.acquire(*tried)
    except LimitReached:
        return None
    return lambda: _refund(tried)


def _tries(account: str, source: str | None, place: Place) -> list[Cost]:
    """Return what an attempt at an account from a place counts as; `source` is what is known of the place."""
    pair = f"{account}:{source or place.address}"
    tried = [Cost(LOG_INS_OF_PAIR, pair), Cost(LOG_INS_OF_PAIR_HOURLY, pair)]
    return tried if source is not None else [*tried, Cost(LOG_INS_OF_ACCOUNT, account)]


def charge_sign_up(address: str) -> None:
    """
    Count an attempt to sign up from an address.

    :raises LimitReached: if too many came from there
    """
    _take(Cost(SIGN_UPS, address))


def charge_open_session(address: str) -> None:
    """
    Count a session that is nobody's yet, before its row is written.

    :raises LimitReached: if too many were opened from there
    """
    _take(Cost(OPEN_SESSIONS, address))


def charge_step(address: str, find_own: FindOwn) -> None:
    """
    Count any other step of signing in: a code, a second factor, a change.

    :raises LimitReached: if too many came from there
    """
    _charge_place(STEPS, address, find_own)


def charge_attempt(path: str, *, address: str, find_own: FindOwn) -> None:
    """
    Count what is about to be sent to one of allauth's paths, whichever kind it is.

    How many mails a reset means to anybody, `modules/mail` knows.

    :raises LimitReached: if that was tried too often
    """
    if path.endswith("/auth/login"):
        # By name and place, and before the password is tried: the adapter, for all ways of logging in.
        return
    if path.endswith("/signup"):
        charge_sign_up(address)
    elif path.endswith("/password/request"):
        _charge_place(RESETS_OF_ADDRESS, address, find_own)
    else:
        charge_step(address, find_own)


def _charge_place(limit: Limit, address: str, find_own: FindOwn) -> None:
    """Count by address; where that is used up, whoever has something of their own by that."""
    try:
        _take(Cost(limit, address))
    except LimitReached:
        own = find_own()
        if own is None:
            raise
        _take(Cost(limit, own))


def _fold(name: str) -> str:
    """Return one spelling of a name, whatever way it is looked up; of what is too long for one, nobody's."""
    if len(name) > MAX_SENT:
        return NOBODY
    return to_login(unicodedata.normalize("NFKC", name)).casefold()


def _digest(name: str) -> str:
    """Return what stands for a name in Redis, where no address of anybody should be read."""
    return hashlib.sha256(_fold(name).encode("utf-8", "replace")).hexdigest()[:32]


def _refund(charges: Iterable[Cost]) -> None:
    for charge in charges:
        limits.refund(charge)


def _nothing() -> None:
    """Give nothing back."""


def _take(*charges: Cost) -> None:
    if settings.LIMITS.is_on:
        limits.acquire(*charges)
