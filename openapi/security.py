"""Who may call an operation, and how each kind of credentials is sent."""

from django.conf import settings

from modules.kernel.http.operations import EndpointSpec
from modules.kernel.principals import FIRST_PARTY
from modules.kernel.scopes import GRANTABLE
from openapi.components import Schema

TOKEN_URL = "/identity/o/api/token"  # noqa: S105 - where tokens are got, not one of them

# The rest of what an app calls, as the discovery document names it.
ENDPOINTS: Schema = {
    "discovery": "/.well-known/openid-configuration",
    "metadata": "/.well-known/oauth-authorization-server",
    "jwks": "/.well-known/jwks.json",
    "userinfo": "/identity/o/api/userinfo",
    "revocation": "/identity/o/api/revoke",
}

# Of a user's own app; a session may do all that its user may, so no scope is asked of it.
SESSIONS: list[Schema] = [{"sessionToken": []}, {"bearer": []}, {"browserSession": []}]


def schemes() -> Schema:
    """Return every kind of credentials as OpenAPI describes it."""
    return {
        "sessionToken": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "`meta.session_token` of a log-in or sign-up under `/auth/app/`.",
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "The same session token as a bearer token.",
        },
        "browserSession": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The cookie of a browser's session; whatever writes also needs `X-CSRFToken`.",
        },
        "oauth2": _oauth(),
        "serviceKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of a service (`bk_live_…`), with the scopes that it was made with. "
            "`Banyan-On-Behalf-Of` names the user it acts for.",
        },
    }


def requirements(spec: EndpointSpec) -> list[Schema]:
    """Return which credentials are enough for an endpoint; no grant reaches what is first party."""
    if spec.scope == FIRST_PARTY:
        return SESSIONS
    scopes = [spec.scope] if spec.scope else []
    # OpenAPI lets only OAuth name scopes here, for redocly and spectral know no others: see x-required-scope.
    granted: list[Schema] = [{"oauth2": scopes}, {"serviceKey": []}]
    return [*SESSIONS, *granted, {}] if spec.public else [*SESSIONS, *granted]


def _oauth() -> Schema:
    """Return the ways in which another's app gets a token."""
    return {
        "type": "oauth2",
        "description": "For apps of others. The code is given only to who proves it with PKCE (S256).",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": "/identity/o/authorize",
                "tokenUrl": TOKEN_URL,
                "refreshUrl": TOKEN_URL,
                "scopes": GRANTABLE,
            },
            "clientCredentials": {"tokenUrl": TOKEN_URL, "scopes": GRANTABLE},
        },
        "x-endpoints": ENDPOINTS,
    }
