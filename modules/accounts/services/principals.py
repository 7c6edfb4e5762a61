"""
From credentials to the principal of a request, without SQL when it is hot.

Three places are asked in turn: this process (at most `principal_ttl`), Redis (one trip, at most
`entry_ttl`), the directory, which alone is the truth. Losing the first two costs a read of the third. Losing
the third, Redis is believed for `entry_grace` longer: who was known goes on, and nothing can be ended then.
Sessions, tokens and keys go the same way; only the last place knows them apart (`services/credentials.py`).
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from modules.accounts.models import User
from modules.accounts.schemas import Held
from modules.accounts.services.credentials import Recognized, find_credentials
from modules.accounts.services.revocations import raise_epoch_in_cache
from modules.accounts.services.sessions import hash_key
from modules.kernel.principals import Principal
from modules.kernel.redis.client import RedisUnavailable, Script
from modules.kernel.redis.servers import DIRECTORY, redis
from sharding.errors import InstanceUnavailable

MAX_CACHED = 10_000

# An entry names its user and itself, so that one trip also learns whether either was revoked since.
_READ = Script("""
local entry = redis.call('GET', KEYS[1])
if not entry then return false end
local user, revocation_id = string.match(entry, '^(%d+):(%w+):')
if redis.call('EXISTS', 'auth:ended:' .. revocation_id) == 1 then return false end
local epoch = redis.pcall('GET', 'auth:epoch:' .. user)
return {entry, type(epoch) == 'table' and 'unreadable' or epoch, redis.call('PTTL', KEYS[1])}
""")

_cached: dict[str, tuple[Principal, datetime]] = {}


def recognize(key: str, *, now: datetime) -> Principal | None:
    """
    Return who holds these credentials, or None if nobody does, or no longer.

    Now and then it also notes that they were used, and prolongs a session.
    """
    key_hash = hash_key(key)
    cached = _cached.get(key_hash)
    if cached is not None and now < cached[1]:
        return cached[0]
    known, is_due = _find_hot(key_hash)
    principal = known
    if known is None or is_due:
        try:
            principal = _find_stored(key_hash, now=now)
        except InstanceUnavailable:
            if known is None:
                raise
    if principal is not None:
        _keep(key_hash, principal, now=now)
    return principal


def find_held(key_hash: str, *, now: datetime) -> Held | None:
    """
    Return who holds the credentials of this digest as of now, or None; for what goes on after the request.

    What this process believes is not asked: a connection that begins, or is looked at again, must not be
    older than a revocation that it was told of.

    :raises InstanceUnavailable: if neither Redis nor the directory can tell
    """
    entry = _read_entry(entry_key(key_hash))
    if entry is not None:
        try:
            principal = _unpack(entry[0], entry[1])
        except ValueError:
            principal = None
        if principal is not None:
            return Held(key_hash, principal, entry[0].decode().split(":", 2)[1])
    found = _read_stored(key_hash, now=now)
    return None if found is None else Held(key_hash, found.principal, found.revocation_id)


def recognize_good(key: str, *, now: datetime) -> Principal | None:
    """
    Return who holds these credentials if they were good lately; no others are looked at.

    Those that have ended since are looked at once.
    """
    key_hash = hash_key(key)
    if not _was_good(key_hash):
        return None
    principal = recognize(key, now=now)
    if principal is None:
        forget_kept(key_hash)
        _put(("UNLINK", _good_key(key_hash)))
    return principal


def forget_kept(key_hash: str | None = None) -> None:
    """Forget what this process believes of some credentials, or of all."""
    if key_hash is None:
        _cached.clear()
    else:
        _cached.pop(key_hash, None)


def _keep(key_hash: str, principal: Principal, *, now: datetime) -> None:
    # Emptying the whole is crude and bounded; an order of use would cost every hit.
    if len(_cached) >= MAX_CACHED:
        _cached.clear()
    _cached[key_hash] = (principal, now + timedelta(seconds=settings.ACCOUNTS.principal_ttl))


def _find_hot(key_hash: str) -> tuple[Principal | None, bool]:
    """Return whom Redis knows, and whether that is so old that the directory ought to be asked."""
    key = entry_key(key_hash)
    reply = _read_entry(key)
    if reply is None:
        return None, False
    entry, raised, left_ms = reply
    try:
        return _unpack(entry, raised), 0 <= left_ms <= settings.ACCOUNTS.entry_grace * 1000
    except ValueError as error:
        redis(DIRECTORY).discard(key, reason=type(error).__name__)
        _mend_epoch(entry, raised)
        return None, False


def _read_entry(key: str) -> tuple[bytes, bytes | None, int] | None:
    """Return an entry that was not revoked, its user's epoch if that was raised, and its life in ms."""
    try:
        [reply] = redis(DIRECTORY).run(_READ.call(keys=[key]))
    except RedisUnavailable:
        return None
    return tuple(reply) if reply else None


def _mend_epoch(entry: bytes, raised: bytes | None) -> None:
    """Put the directory's epoch in the place of an unreadable one; just dropped, that would hide a raise."""
    if raised is None or raised.isdigit():
        return
    user_id = int(entry.partition(b":")[0])
    epoch = User.objects.filter(id=user_id).values_list("epoch", flat=True).first()
    raise_epoch_in_cache(user_id, epoch or 0)


def _unpack(entry: bytes, raised: bytes | None = None) -> Principal | None:
    """Return the principal of an entry, unless the user's epoch was raised after it was written."""
    user_id, _, epoch, kind, app_id, key_id, roles, scopes = entry.decode().split(":", 7)
    if raised is not None and int(epoch) < int(raised):
        return None
    return Principal(
        id=int(user_id),
        epoch=int(epoch),
        roles=frozenset(roles.split()),
        kind=kind,
        scopes=None if scopes == "*" else frozenset(scopes.split()),
        app_id=app_id or None,
        key_id=int(key_id) if key_id else None,
    )


def _find_stored(key_hash: str, *, now: datetime) -> Principal | None:
    """Return the principal from the directory, and put it where the next request finds it."""
    found = _read_stored(key_hash, now=now)
    return None if found is None else found.principal


def _read_stored(key_hash: str, *, now: datetime) -> Recognized | None:
    """Return what the directory says, and put it where the next request finds it."""
    found = find_credentials(key_hash, now=now)
    if found is None:
        return None
    longest = settings.ACCOUNTS.entry_ttl + settings.ACCOUNTS.entry_grace
    life = min(longest, int((found.expires_at - now).total_seconds()))
    good = ("SET", _good_key(key_hash), 1, "EX", settings.ACCOUNTS.good_ttl)
    _put(("SET", entry_key(key_hash), found.pack(), "EX", max(life, 1)), good)
    return found


def _was_good(key_hash: str) -> bool:
    if key_hash in _cached:
        return True
    try:
        return redis(DIRECTORY).run(("EXISTS", _good_key(key_hash))) == [1]
    except RedisUnavailable:
        return False


def _put(*commands: tuple[Any, ...]) -> None:
    try:
        redis(DIRECTORY).run(*commands)
    except RedisUnavailable:
        return


def entry_key(key_hash: str) -> str:
    """Return the Redis key of an entry."""
    return f"sess:{key_hash}"


def _good_key(key_hash: str) -> str:
    """Return the Redis key of the note that credentials were good; it tells not whose they are."""
    return f"good:{key_hash}"
