"""
Tickets: what opens one socket, for a browser can send no header with that.

A ticket holds nothing but whose credentials bought it; who they are is asked again when it is used, and as
long as the socket stands. It is in the Redis beside the directory alone, and without that there is none.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from modules.accounts import public as accounts
from modules.kernel.principals import ON_BEHALF, Principal
from modules.kernel.redis.servers import DIRECTORY, redis
from modules.realtime.schemas import NewTicket
from modules.realtime.selectors.updates import Reading, read_log

# Longer than any of ours; hashing a megabyte for a stranger would be a gift.
_MAX_TICKET = 64


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a socket open, by which credentials, and what their end will be told by."""

    principal: Principal
    key_hash: str
    revocation_id: str

    @property
    def user_id(self) -> int:
        """Return the user whom the socket is for."""
        return self.principal.id


def issue_ticket(key: str, principal: Principal, *, now: datetime) -> NewTicket:
    """
    Return a ticket for whoever sent these credentials.

    :raises RedisUnavailable: if it cannot be kept
    """
    ticket, ttl = secrets.token_urlsafe(24), settings.REALTIME.ticket_ttl
    bought_by = f"{accounts.hash_key(key)}:{principal.id}:{principal.epoch}"
    redis(DIRECTORY).run(("SET", _key(ticket), bought_by, "EX", ttl))
    return NewTicket(ticket=ticket, url=settings.REALTIME.url, expires_at=now + timedelta(seconds=ttl))


def redeem_ticket(ticket: str, *, now: datetime) -> Bearer | None:
    """
    Use a ticket up and return who holds it; None if there is no such ticket, or their credentials have ended.

    :raises RedisUnavailable: if nobody can tell now
    :raises InstanceUnavailable: likewise
    """
    if not 0 < len(ticket) <= _MAX_TICKET:
        return None
    [found] = redis(DIRECTORY).run(("GETDEL", _key(ticket)))
    if found is None:
        return None
    key_hash, user_id, epoch = found.decode().split(":")
    return _find(key_hash, int(user_id), int(epoch), now=now)


def find_bearer(bearer: Bearer, *, now: datetime) -> Bearer | None:
    """
    Return who holds a socket as of now, or None if their credentials have ended.

    :raises InstanceUnavailable: if nobody can tell now
    """
    return _find(bearer.key_hash, bearer.user_id, bearer.principal.epoch, now=now)


def read_as(bearer: Bearer, *, since: int | None, now: datetime) -> tuple[Reading, bool]:
    """
    Return what a bearer's log has after a number, and whether their credentials live as of now.

    :raises RedisUnavailable: if the log cannot be read now
    :raises InstanceUnavailable: if nobody can tell now
    """
    reading = read_log(bearer.principal, since=since)
    return reading, find_bearer(bearer, now=now) is not None


def _find(key_hash: str, user_id: int, epoch: int, *, now: datetime) -> Bearer | None:
    held = accounts.find_held(key_hash, now=now)
    if held is None:
        return None
    principal = held.principal
    if not principal.id and principal.may(ON_BEHALF):
        # A service acts for the user, whose own epoch ends it too.
        identity = accounts.map_identities([user_id]).get(user_id)
        if identity is None or not identity.is_active:
            return None
        principal = replace(principal, id=user_id, epoch=epoch, roles=frozenset())
    return Bearer(principal, key_hash, held.revocation_id) if principal.id == user_id else None


def _key(ticket: str) -> str:
    return f"tkt:{hashlib.sha256(ticket.encode()).hexdigest()}"
