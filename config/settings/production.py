"""Base, hardened; refuses to start where a setting would make it unsafe."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.accounts import HARDENED_COOKIES
from config.settings.base import *  # noqa: F403
from config.settings.base import ENV

if ENV.debug:
    raise ImproperlyConfigured("BANYAN_DEBUG is on: production settings refuse it.")
if "*" in ENV.allowed_hosts:
    raise ImproperlyConfigured("BANYAN_ALLOWED_HOSTS names every host: list your own.")
if not ENV.public_url.startswith("https://"):
    raise ImproperlyConfigured("BANYAN_PUBLIC_URL is no https:// address: it is the issuer of tokens.")
if not ENV.oidc_private_key:
    raise ImproperlyConfigured("BANYAN_OIDC_PRIVATE_KEY is missing: openssl genrsa 2048")
if ENV.email_url.scheme == "console":
    raise ImproperlyConfigured(
        "BANYAN_EMAIL_URL is console: codes would stand in the logs. Name a mail server."
    )
if not ENV.frontend_url.startswith("https://"):
    raise ImproperlyConfigured("BANYAN_FRONTEND_URL is no https:// address: mails lead people there.")
if ENV.limits == "off":
    raise ImproperlyConfigured("BANYAN_LIMITS is off: production settings refuse it.")

globals().update(HARDENED_COOKIES)
LIVE_PAGE = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The proxy answers port 80 (deploy/); an API must not silently redirect (ASVS 4.1.2).
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = [
    "security.W001",  # Edge sets the security headers, at a tenth of SecurityMiddleware's price
    "security.W002",  # and `frame-ancestors 'none'` among them
    "security.W003",  # AllauthMiddleware and BrowserSessionAuthentication check CSRF
    "security.W008",  # an API must not silently redirect to https; the proxy answers port 80
]
