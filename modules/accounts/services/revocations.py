"""Telling Redis what the directory already knows: which sessions are dead."""

from django.conf import settings

from modules.accounts.events import CredentialsEnded, SessionEnded, SessionsRevoked
from modules.accounts.schemas import REVOCATIONS
from modules.kernel.derived import derived
from modules.kernel.redis.client import Script
from modules.kernel.redis.servers import DIRECTORY, redis

# Events may arrive in any order; an epoch never goes back. What is no epoch gives way to one.
_RAISE = Script("""
local known = redis.pcall('GET', KEYS[1])
known = type(known) == 'string' and string.match(known, '^%d+$') or '0'
if tonumber(ARGV[1]) < tonumber(known) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
""")


def token_revocation_id(token_id: int) -> str:
    """Return the revocation id under which the end of an access token is announced."""
    return f"t{token_id}"


def key_revocation_id(key_id: int) -> str:
    """Return the revocation id under which the end of a service key is announced."""
    return f"k{key_id}"


@derived(SessionEnded, CredentialsEnded)
def cache_revocations(*revocation_ids: int | str) -> None:
    """Make every cached entry of a session (its id), a token or a key (their revocation ids) worthless."""
    if revocation_ids:
        redis(DIRECTORY).run(
            *[("SET", f"auth:ended:{revocation_id}", 1, "EX", _ttl()) for revocation_id in revocation_ids],
            ("PUBLISH", REVOCATIONS, f"ended {' '.join(map(str, revocation_ids))}"),
        )


@derived(SessionsRevoked)
def cache_epoch(user_id: int, epoch: int) -> None:
    """Make every cached entry of a user with a lower epoch worthless."""
    redis(DIRECTORY).run(
        _RAISE.call(keys=[f"auth:epoch:{user_id}"], args=[epoch, _ttl()]),
        ("PUBLISH", REVOCATIONS, f"epoch {user_id} {epoch}"),
    )


# What a request says at once; should Redis be away, entries stay cached for some seconds at most.
revoke_in_cache, raise_epoch_in_cache = cache_revocations.now, cache_epoch.now


def _ttl() -> int:
    """Return how long a revocation stands: longer than an entry that was read before and written after it."""
    return int(settings.ACCOUNTS.entry_ttl + settings.ACCOUNTS.entry_grace) * 2
