"""REST: middleware with its price, DRF trimmed, drf-spectacular."""

import json
from typing import Any

from config.env import ROOT, Env
from modules.kernel.cors import CorsSettings

MIDDLEWARE = [
    # Request id, the one access line, security headers, problem+json for whatever is answered as HTML.
    "modules.kernel.http.middleware.RequestEdge",
    # Session, user and CSRF for /auth/ alone; every other path pays one comparison.
    "modules.accounts.api.allauth.middleware.AllauthMiddleware",
    # allauth insists on finding it by name; about 2 us.
    "allauth.account.middleware.AccountMiddleware",
]

# What the contract says that browsers must be told; `manage.py openapi` writes it.
_FOR_BROWSERS = ROOT / "openapi" / "browsers.json"


def cors(env: Env) -> CorsSettings:
    """Return what pages of other origins may do: who they are the environment says, the rest the contract."""
    told = json.loads(_FOR_BROWSERS.read_text())
    return CorsSettings(
        origins=frozenset(env.cors_origins),
        prefixes=tuple(told["prefixes"]),
        token_prefixes=tuple(told["token_prefixes"]),
        open_paths=frozenset(told["open_paths"]),
        methods=", ".join(told["methods"]),
        request_headers=", ".join(told["request_headers"]),
        response_headers=", ".join(told["response_headers"]),
    )


REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "modules.accounts.api.authentication.HeaderAuthentication",
        "modules.accounts.api.authentication.BrowserSessionAuthentication",
    ],
    # For a stray DRF view; ours declare a scope (modules/kernel/http).
    "DEFAULT_PERMISSION_CLASSES": ["config.permissions.DenyAll"],
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
