"""Whose credentials are whose, as the directory has it: sessions, access tokens of apps, and service keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db.models import F

from modules.accounts.models import ServiceKey, Session
from modules.accounts.services.revocations import key_revocation_id, token_revocation_id
from modules.accounts.services.sessions import touch_session
from modules.kernel.principals import APP, ON_BEHALF, OPERATOR, SERVICE, TOKEN, Principal
from sharding.scope import writing_directory


@dataclass(frozen=True, slots=True)
class Recognized:
    """What the directory says of credentials: who holds them, until when, and the id to revoke them by."""

    principal: Principal
    revocation_id: str
    expires_at: datetime

    def pack(self) -> str:
        """Return it as Redis keeps it; scopes come last, for they hold colons."""
        who = self.principal
        scopes = "*" if who.scopes is None else " ".join(sorted(who.scopes))
        parts = (who.id, self.revocation_id, who.epoch, who.kind, who.app_id or "", who.key_id or "")
        return ":".join([*map(str, parts), " ".join(sorted(who.roles)), scopes])

    @classmethod
    def of(cls, principal: Principal, *, revocation_id: str, expires_at: datetime) -> Self:
        """Return what was found, under the revocation id that its revocation will announce."""
        return cls(principal, revocation_id, expires_at)


def find_credentials(key_hash: str, *, now: datetime) -> Recognized | None:
    """Return who holds the credentials of this digest; one read for each kind, sessions first."""
    return _find_session(key_hash, now=now) or _find_token(key_hash, now=now) or _find_key(key_hash, now=now)


def map_owned_revocation_ids(owner_id: int) -> dict[str, list[str]]:
    """
    Return the revocation ids of what a user's apps hold for themselves, by app: keys, and tokens of no user.

    An app lives as long as its owner's account is open, and acts for users while the owner is an operator.
    Of tokens that users gave it there may be very many: what is cached of those ends with its entry.
    """
    found: dict[str, list[str]] = {}
    owned = list(Client.objects.filter(owner_id=owner_id).values_list("id", flat=True))
    for key_id, app_id in ServiceKey.objects.filter(app_id__in=owned).values_list("id", "app_id"):
        found.setdefault(app_id, []).append(key_revocation_id(key_id))
    tokens = Token.objects.filter(client_id__in=owned, user=None)
    for token_id, app_id in tokens.values_list("id", "client_id"):
        found.setdefault(app_id, []).append(token_revocation_id(token_id))
    return found


def _find_session(key_hash: str, *, now: datetime) -> Recognized | None:
    row: Any = (
        Session.objects.filter(
            key_hash=key_hash, expires_at__gt=now, user__is_active=True, user__epoch=F("epoch")
        )
        .values_list("user_id", "id", "epoch", "user__roles", "expires_at", "last_seen_at")
        .first()
    )
    if row is None:
        return None
    user_id, session_id, epoch, roles, expires_at, last_seen_at = row
    if now - last_seen_at >= timedelta(seconds=settings.ACCOUNTS.touch_after):
        touch_session(session_id, now=now)
    principal = Principal(id=user_id, epoch=epoch, roles=frozenset(roles))
    return Recognized.of(principal, revocation_id=str(session_id), expires_at=expires_at)


def _find_token(key_hash: str, *, now: datetime) -> Recognized | None:
    """Return who holds an access token: a third party for a user, or an app for itself."""
    row: Any = (
        Token.objects.filter(type=Token.Type.ACCESS_TOKEN, hash=key_hash, expires_at__gt=now)
        .filter(client__owner__is_active=True)
        .exclude(user__is_active=False)
        .values_list("id", "user_id", "user__epoch", "user__roles", "client_id", "scopes", "expires_at")
        .first()
    )
    if row is None:
        return None
    token_id, user_id, epoch, roles, app_id, scopes, expires_at = row
    principal = Principal(
        id=user_id or 0,
        roles=frozenset(roles or ()),
        epoch=epoch or 0,
        kind=APP if user_id is None else TOKEN,
        scopes=frozenset(scopes.split()),
        app_id=app_id,
    )
    return Recognized.of(principal, revocation_id=token_revocation_id(token_id), expires_at=expires_at)


def _find_key(key_hash: str, *, now: datetime) -> Recognized | None:
    row: Any = (
        ServiceKey.objects.filter(key_hash=key_hash, expires_at__gt=now)
        .values_list("id", "app_id", "scopes", "may_act_for_users", "expires_at", "last_used_at")
        .first()
    )
    if row is None:
        return None
    key_id, app_id, scopes, may_act, expires_at, last_used_at = row
    owner = Client.objects.filter(id=app_id).values_list("owner__is_active", "owner__roles").first()
    if owner is None or not owner[0]:
        return None
    if last_used_at is None or now - last_used_at >= timedelta(seconds=settings.ACCOUNTS.touch_after):
        with writing_directory():
            ServiceKey.objects.filter(id=key_id).update(last_used_at=now)
    granted = frozenset(scopes) | ({ON_BEHALF} if may_act and OPERATOR in owner[1] else frozenset())
    principal = Principal(
        id=0, roles=frozenset(owner[1]), kind=SERVICE, scopes=granted, app_id=app_id, key_id=key_id
    )
    return Recognized.of(principal, revocation_id=key_revocation_id(key_id), expires_at=expires_at)
