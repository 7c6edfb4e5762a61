"""
What was begun and is not finished: a log-in that waits for a second factor, a code that was mailed.

It stands in a session that is nobody's yet, so nothing ends it that ends the sessions of an account. Each
therefore carries the epoch under which it was begun, and is worth nothing under a later one: after a new
password, a closing, a suspension, a new role.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.models import Login
from allauth.socialaccount.models import SocialAccount

from modules.accounts.api.allauth.guards import must_verify
from modules.accounts.selectors.addresses import may_be_reset
from modules.accounts.services.account_status import may_log_in
from modules.kernel import clock

EPOCH = "epoch"


def with_epoch(serialize: Callable[[Login], dict[str, Any]]) -> Callable[[Login], dict[str, Any]]:
    """Return how a log-in is put away: with the epoch of its user."""

    @wraps(serialize)
    def put_away(login: Login) -> dict[str, Any]:
        return {**serialize(login), EPOCH: getattr(login.user, EPOCH, None)}

    return put_away


def of_epoch(
    deserialize: Callable[[dict[str, Any]], Login],
) -> Callable[[type[Login], dict[str, Any]], Login]:
    """
    Return how a log-in is taken up again.

    :raises ValueError: if its user may not log in, or has ended meanwhile what was begun; allauth then knows
        of no log-in
    """

    @wraps(deserialize)
    def take_up(kind: Any, data: dict[str, Any]) -> Login:
        login = deserialize(data)
        user = login.user
        if user is not None and (data.get(EPOCH) != user.epoch or not may_log_in(user, now=clock.now())):
            raise ValueError("It was ended.")
        if not _is_connected(login):
            raise ValueError("The provider that it came by was disconnected.")
        return login

    return take_up


def _is_connected(login: Login) -> bool:
    """Return whether a log-in by another provider still has the connection by which it came."""
    social = (login.signal_kwargs or {}).get("sociallogin")
    if social is None or login.user is None:
        return True
    return bool(SocialAccount.objects.filter(pk=social.account.pk, user_id=login.user.pk).exists())


def note_epoch(process: Any) -> None:
    """Put the epoch of its user beside the code of a process."""
    if process.user is not None:
        process.state[EPOCH] = process.user.epoch


def of_living(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return whether a process goes on: not once what it was begun under has ended."""

    @wraps(is_valid)
    def is_alive(process: Any) -> bool:
        user = process.user
        return is_valid(process) and (user is None or bool(process.state.get(EPOCH) == user.epoch))

    return is_alive


def of_target(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return whether a reset goes on: its address must still be the one by which this account is reset."""

    @wraps(is_valid)
    def leads_there(process: Any) -> bool:
        user, email = process.user, process.state.get("email", "")
        if not is_valid(process) or user is None:
            return is_valid(process)
        return may_be_reset(user.pk, email.lower(), verified_only=must_verify())

    return leads_there
