"""Access tokens of apps, as if a consent or an app's own secret had brought them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from allauth.idp.oidc.models import Token

from modules.accounts.services.sessions import hash_key
from modules.kernel import clock
from sharding.scope import writing_directory


def make_token(app_id: str, user_id: int | None, *scopes: str) -> str:
    """Return an access token of an app, for a user or for itself, good for a day."""
    value = secrets.token_urlsafe(32)
    token = Token(
        type=Token.Type.ACCESS_TOKEN,
        hash=hash_key(value),
        client_id=app_id,
        user_id=user_id,
        expires_at=clock.now() + timedelta(days=1),
    )
    token.set_scopes(sorted(scopes))
    with writing_directory():
        token.save()
    return value
