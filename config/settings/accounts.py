"""Identity: allauth headless at `/auth/`, sessions in the directory, small Argon2, cookies."""

from typing import Any

from config.env import SOCIAL_PROVIDERS
from modules.accounts.schemas import AccountsSettings

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_ADAPTER",
    "ACCOUNT_EMAIL_NOTIFICATIONS",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_LOGOUT_REDIRECT_URL",
    "ACCOUNT_MAX_EMAIL_ADDRESSES",
    "ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED",
    "ACCOUNT_PRESERVE_USERNAME_CASING",
    "ACCOUNT_PREVENT_ENUMERATION",
    "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_REAUTHENTICATION_TIMEOUT",
    "ACCOUNT_SESSION_REMEMBER",
    "ACCOUNT_SIGNUP_FIELDS",
    "ACCOUNT_USERNAME_MIN_LENGTH",
    "AUTHENTICATION_BACKENDS",
    "AUTH_PASSWORD_VALIDATORS",
    "AUTH_USER_MODEL",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SAMESITE",
    "CSRF_FAILURE_VIEW",
    "HEADLESS_ADAPTER",
    "HEADLESS_CLIENTS",
    "HEADLESS_ONLY",
    "HEADLESS_SERVE_SPECIFICATION",
    "HEADLESS_TOKEN_STRATEGY",
    "LOGIN_URL",
    "MFA_ADAPTER",
    "MFA_PASSKEY_LOGIN_ENABLED",
    "MFA_RATE_LIMITS",
    "MFA_SUPPORTED_TYPES",
    "PASSWORD_HASHERS",
    "SESSION_COOKIE_AGE",
    "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SAMESITE",
    "SESSION_ENGINE",
    "SESSION_SAVE_EVERY_REQUEST",
    "SOCIALACCOUNT_AUTO_SIGNUP",
    "SOCIALACCOUNT_EMAIL_AUTHENTICATION",
    "SOCIALACCOUNT_STORE_TOKENS",
]

# What base.py puts into INSTALLED_APPS; neither sessions (own engine), messages nor sites are needed.
APPS = [
    *("allauth", "allauth.account", "allauth.mfa", "allauth.headless", "allauth.idp.oidc"),
    "allauth.socialaccount",
    # Those that BANYAN_SOCIAL_APPS may name; installed always, for tables must not hang on settings.
    *(f"allauth.socialaccount.providers.{name}" for name in SOCIAL_PROVIDERS),
]

# Innermost of base.py's MIDDLEWARE. allauth refuses to start unless its own stands there by name (2 us).
MIDDLEWARE = [
    "modules.accounts.api.allauth.middleware.AllauthMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

AUTHENTICATION_CLASSES = [
    "modules.accounts.api.authentication.HeaderAuthentication",
    "modules.accounts.api.authentication.BrowserSessionAuthentication",
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "modules.accounts.services.password_strength.GuessableValidator"},
]
# The second hashes the secrets of apps, which are random and need no slow hash.
PASSWORD_HASHERS = [
    "modules.accounts.services.hashing.SmallArgon2PasswordHasher",
    "modules.accounts.services.hashing.SecretHasher",
]
# The test settings' choice, never ours.
FAST_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", PASSWORD_HASHERS[1]]

ACCOUNTS = AccountsSettings()

ACCOUNT_ADAPTER = "modules.accounts.api.allauth.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
# A code can be typed on another device, and no mail scanner uses it up by following a link.
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_USERNAME_MIN_LENGTH = 3
# allauth's stand in the cache and count nothing without Redis. In their place stand ours (accounts/services):
# sign_in_limits.py (login, login_failed, signup, reset_password, manage_email: by name and address),
# guesses.py (login_failed of second factors, reauthenticate, change_password: by person;
# reset_password_from_key: by code), mails.py (reset_password, confirm_email: by receiver).
ACCOUNT_RATE_LIMITS = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_PRESERVE_USERNAME_CASING = False
# An address that is not verified claims nothing: any number of accounts may have said that it is theirs.
ACCOUNT_PREVENT_ENUMERATION = "strict"
# How long a password, second factor or passkey counts that was shown again (api/allauth/guards.py).
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(ACCOUNTS.presence_ttl)
# Whoever changes how an account is entered does not do it unseen.
ACCOUNT_EMAIL_NOTIFICATIONS = True

ACCOUNT_SESSION_REMEMBER = True
# The hosted pages of OAuth (modules/accounts/api/pages/login_pages.py).
LOGIN_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/identity/login"

MFA_ADAPTER = "modules.accounts.api.allauth.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Its one, of passkeys by address: all of /auth/ is counted so, and a passkey cannot be guessed.
MFA_RATE_LIMITS = False

HEADLESS_ONLY = True
HEADLESS_ADAPTER = "modules.accounts.api.allauth.account_adapter.HeadlessAdapter"
HEADLESS_TOKEN_STRATEGY = "modules.accounts.api.allauth.session_tokens.SessionTokens"  # noqa: S105 - a path
HEADLESS_CLIENTS = ("app", "browser")
# Drawn anew for each request, 260 ms as YAML; what is so of it stands in our contract (openapi/sign_in.py).
HEADLESS_SERVE_SPECIFICATION = False


# Who comes from elsewhere for the first time chooses a name here, and proves an address that is taken by
# logging in and connecting the two, never by the word of the other side.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False


def social(apps: list[dict[str, Any]]) -> dict[str, Any]:
    """Return where users may come from: of each app its `provider`, `client_id`, `secret` and so on."""
    providers: dict[str, dict[str, Any]] = {}
    for app in apps:
        kept = {name: value for name, value in app.items() if name != "provider"}
        providers.setdefault(app["provider"], {"APPS": [], "OAUTH_PKCE_ENABLED": True})["APPS"].append(kept)
    return {"SOCIALACCOUNT_PROVIDERS": providers}


def verification(policy: str) -> dict[str, Any]:
    """Return how addresses are verified: `mandatory` by a code at sign-up, `optional` by a link some day."""
    return {
        "ACCOUNT_EMAIL_VERIFICATION": policy,
        "ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED": policy == "mandatory",
    }


def frontend_urls(base: str) -> dict[str, str]:
    """Return the pages of a front end that mails of allauth point to."""
    return {
        "account_confirm_email": f"{base}/verify-email/{{key}}",
        "account_reset_password": f"{base}/reset-password",
        "account_reset_password_from_key": f"{base}/reset-password/{{key}}",
        "account_signup": f"{base}/sign-up",
        "socialaccount_login_error": f"{base}/log-in",
    }


SESSION_ENGINE = "modules.accounts.api.allauth.session_store"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = "sid"
SESSION_COOKIE_AGE = 30 * 86_400
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "modules.accounts.api.pages.login_pages.refuse_forgery"

# For production.py: a browser accepts the `__Host-` prefix over TLS only, from this host, for its whole path.
HARDENED_COOKIES: dict[str, Any] = {
    "SESSION_COOKIE_NAME": "__Host-sid",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_NAME": "__Host-csrf",
    "CSRF_COOKIE_SECURE": True,
}
