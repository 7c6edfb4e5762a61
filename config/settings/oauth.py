"""OAuth 2 and OpenID Connect: what allauth's provider offers (modules/accounts/api/oauth/)."""

from typing import Any

from config.addresses import local_url
from config.env import Env


def provider(env: Env) -> dict[str, Any]:
    """Return the settings of allauth.idp.oidc."""
    return {
        "IDP_OIDC_ADAPTER": "modules.accounts.api.oauth.oauth_adapter.OAuthAdapter",
        "IDP_OIDC_PRIVATE_KEY": env.oidc_private_key,
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
