"""Apps and keys as their owners see them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from allauth.idp.oidc.models import Client, Token

from modules.accounts.errors import AppNotFound
from modules.accounts.models import ServiceKey, TokenFamily
from modules.accounts.schemas import (
    AppCard,
    AppPage,
    AppType,
    GrantCard,
    GrantPage,
    KeyCard,
    KeyPage,
)
from modules.audit.public import list_entries
from modules.audit.schemas import AuditPage
from modules.kernel.cursors import Paging


def to_card(app: Client) -> AppCard:
    """Return the card of an app's row."""
    return AppCard(
        id=app.id,
        name=app.name,
        type=AppType(app.type),
        redirect_uris=app.get_redirect_uris(),
        post_logout_redirect_uris=app.get_post_logout_redirect_uris(),
        scopes=app.get_scopes(),
        grant_types=app.get_grant_types(),
        created_at=app.created_at,
    )


def to_key_card(key: ServiceKey) -> KeyCard:
    """Return the card of a key's row."""
    return KeyCard(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=key.scopes,
        may_act_for_users=key.may_act_for_users,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
    )


def get_app(owner_id: int, app_id: str) -> AppCard:
    """
    Return an app of a user.

    :raises AppNotFound: if the user has no such app
    """
    app = Client.objects.filter(id=app_id, owner_id=owner_id).first()
    if app is None:
        raise AppNotFound
    return to_card(app)


def list_apps(owner_id: int) -> AppPage:
    """Return all apps of a user, newest first: there are twenty at most, so one page holds them."""
    apps = Client.objects.filter(owner_id=owner_id).order_by("-created_at", "id")
    cards = [to_card(app) for app in apps]
    return AppPage.plain(cards)


def list_keys(owner_id: int, app_id: str) -> KeyPage:
    """
    Return the newest hundred keys of an app, those that have ended among them.

    :raises AppNotFound: if the user has no such app
    """
    get_app(owner_id, app_id)
    keys = ServiceKey.objects.filter(app_id=app_id).order_by("-id")[:100]
    cards = [to_key_card(key) for key in keys]
    return KeyPage.plain(cards)


def list_grants(user_id: int) -> GrantPage:
    """Return the newest hundred apps that a user let in, with all that their living tokens may do."""
    granted: dict[str, datetime] = {}
    for family in TokenFamily.objects.filter(user_id=user_id).order_by("id"):
        granted[family.app_id] = family.created_at
    scopes: dict[str, set[str]] = defaultdict(set)
    for token in Token.objects.filter(user_id=user_id, client_id__in=granted, type__in=("at", "rt")):
        scopes[token.client_id].update(token.get_scopes())
    apps = Client.objects.in_bulk(list(scopes))
    cards = [
        GrantCard(id=id, name=app.name, scopes=sorted(scopes[id]), granted_at=granted[id])
        for id, app in apps.items()
    ]
    cards.sort(key=lambda card: card.granted_at, reverse=True)
    return GrantPage.plain(cards[:100])


def has_consent(user_id: int, app_id: str, scopes: Collection[str]) -> bool:
    """Return whether living tokens of this one app already hold all that it asks of a user."""
    tokens = Token.objects.valid().filter(user_id=user_id, client_id=app_id, type__in=("at", "rt"))
    return {scope for token in tokens for scope in token.get_scopes()}.issuperset(scopes)


def find_granted_email(user_id: int, app_id: str) -> str | None:
    """Return the address that an app was let see, or None if it was let see none."""
    tokens = Token.objects.valid().filter(user_id=user_id, client_id=app_id, type__in=("at", "rt"))
    chosen = (token.get_scope_email() for token in tokens.order_by("-created_at", "-id"))
    return next((str(email) for email in chosen if email), None)


def is_code_of(code: str, app_id: str) -> bool:
    """Return whether an app may still exchange this code."""
    codes = Token.objects.valid().filter(client_id=app_id, type=Token.Type.AUTHORIZATION_CODE)
    return bool(codes.by_value(code).exists())


def list_audit(owner_id: int, app_id: str, paging: Paging) -> AuditPage:
    """
    Return a page of what was done with an app's power, newest first.

    :raises AppNotFound: if the user has no such app
    """
    get_app(owner_id, app_id)
    return list_entries(app_id, paging)
