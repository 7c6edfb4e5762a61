"""REST: middleware with its price, DRF trimmed, drf-spectacular."""

from typing import Any

from config.env import Env

_MIDDLEWARE = [
    # Request id, the one access line, security headers, problem+json for whatever is answered as HTML.
    "modules.kernel.http.middleware.Edge",
    # Session, user and CSRF for /auth/ alone; every other path pays one comparison.
    "modules.accounts.api.first_party.FirstPartyMiddleware",
    # allauth insists on finding it by name; about 2 us.
    "allauth.account.middleware.AccountMiddleware",
]

# Only where a browser's page of another origin may call: it costs every request 6 us.
_CORS = "corsheaders.middleware.CorsMiddleware"


def middleware(env: Env) -> list[str]:
    """Return Django's MIDDLEWARE; CORS stands behind Edge, whose headers preflights get as well."""
    edge, *others = _MIDDLEWARE
    return [edge, *([_CORS] if env.cors_origins else []), *others]


def cors(env: Env) -> dict[str, Any]:
    """
    Return what browsers' pages of the listed origins may do.

    Origins are compared as a whole: no pattern, no `null`, no `*`, for credentials travel with it.
    """
    return {
        "CORS_ALLOWED_ORIGINS": env.cors_origins,
        "CORS_ALLOW_CREDENTIALS": True,
        "CORS_URLS_REGEX": r"^/(v1|auth)/",
        "CORS_PREFLIGHT_MAX_AGE": 7200,
        "CORS_ALLOW_HEADERS": [
            *("accept", "authorization", "content-type", "banyan-freshness", "idempotency-key"),
            *("if-match", "if-none-match", "x-csrftoken", "x-request-id", "x-session-token"),
        ],
        "CORS_EXPOSE_HEADERS": [
            *("Banyan-Freshness", "Deprecation", "ETag", "Idempotency-Replayed", "Link", "Location"),
            *("RateLimit", "RateLimit-Policy", "Retry-After", "Sunset", "X-Request-Id"),
        ],
    }


REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "modules.accounts.api.authentication.HeaderAuthentication",
        "modules.accounts.api.authentication.BrowserSessionAuthentication",
    ],
    # For a stray DRF view; ours declare a scope (modules/kernel/http).
    "DEFAULT_PERMISSION_CLASSES": ["modules.kernel.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "openapi.schema.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "modules.kernel.http.problems.drf_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
}

SPECTACULAR: dict[str, Any] = {
    "TITLE": "Banyan",
    "VERSION": "1.0.0",
    "DESCRIPTION": "A headless social backend: accounts, profiles, follow graph, posts, home timelines.",
    "OAS_VERSION": "3.1.1",
    "CONTACT": {"name": "The people who run this service"},
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/", "description": "The host that serves this document."}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/v1",
    "SORT_OPERATIONS": True,
    "PREPROCESSING_HOOKS": [],
    "POSTPROCESSING_HOOKS": ["openapi.schema.finish"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "DISABLE_ERRORS_AND_WARNINGS": False,
}
