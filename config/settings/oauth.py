"""OAuth 2 and OpenID Connect: what allauth's provider offers (modules/accounts/api/oauth/)."""

from datetime import UTC, datetime
from typing import Any

from config.addresses import local_url
from config.checks_of_values import unfold
from config.env import Env

# allauth publishes all keys and signs by the one that was issued last. The fallbacks are the next one, which
# clients shall know before it signs, and the last one, whose tokens they still hold.
_SIGNS, _IS_PUBLISHED = datetime(2025, 1, 2, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)


def _signing_keys(env: Env) -> list[dict[str, Any]]:
    if not env.oidc_private_key:
        return []
    signing, *others = dict.fromkeys(map(unfold, [env.oidc_private_key, *env.oidc_private_key_fallbacks]))
    return [
        {"pem": signing, "issued_at": _SIGNS},
        *({"pem": pem, "issued_at": _IS_PUBLISHED} for pem in others),
    ]


def provider(env: Env) -> dict[str, Any]:
    """Return the settings of allauth.idp.oidc."""
    return {
        "IDP_OIDC_ADAPTER": "modules.accounts.api.oauth.oauth_adapter.OAuthAdapter",
        "IDP_OIDC_PRIVATE_KEYS": _signing_keys(env),
        # Opaque: a token is looked up, so that it can be revoked; a signed one would live on.
        "IDP_OIDC_ACCESS_TOKEN_FORMAT": "opaque",
        "IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN": 900,
        "IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN": 30 * 86_400,
        "IDP_OIDC_ROTATE_REFRESH_TOKEN": True,
        "IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN": 60,
        "IDP_OIDC_RATE_LIMITS": False,
        "PASSKEY_DOMAIN": env.passkey_domain,
        "PUBLIC_URL": env.public_url or local_url(env.port),
    }
