"""Telling Redis what the directory already knows: which sessions are dead."""

from django.conf import settings

from modules.accounts.events import CredentialsEnded, SessionEnded, SessionsRevoked
from modules.kernel.derived import derived
from modules.kernel.hot import Script, hot

# Events may arrive in any order; an epoch never goes back. What is no epoch gives way to one.
_RAISE = Script("""
local known = redis.pcall('GET', KEYS[1])
known = type(known) == 'string' and string.match(known, '^%d+$') or '0'
if tonumber(ARGV[1]) < tonumber(known) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
""")


def token_mark(token_id: int) -> str:
    """Return the mark under which the end of an access token is announced."""
    return f"t{token_id}"


def key_mark(key_id: int) -> str:
    """Return the mark under which the end of a service key is announced."""
    return f"k{key_id}"


@derived(SessionEnded, CredentialsEnded)
def announce_ended(*marks: int | str) -> None:
    """Make every cached entry of a session (its id), a token or a key (their marks) worthless."""
    hot().run(*[("SET", f"auth:ended:{mark}", 1, "EX", _life()) for mark in marks])


@derived(SessionsRevoked)
def announce_epoch(user_id: int, epoch: int) -> None:
    """Make every cached entry of a user with a lower epoch worthless."""
    hot().run(_RAISE.call(keys=[f"auth:epoch:{user_id}"], args=[epoch, _life()]))


# What a request says at once; should Redis be away, entries stay cached for some seconds at most.
tell_ended, tell_epoch = announce_ended.now, announce_epoch.now


def _life() -> int:
    """Return how long a mark must stand: longer than any entry that was read before and written after it."""
    return int(settings.ACCOUNTS.entry_life + settings.ACCOUNTS.entry_grace) * 2
