"""Base, hardened; refuses to start where a setting would make it unsafe."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.accounts import HARDENED_COOKIES
from config.settings.base import *  # noqa: F403
from config.settings.base import ENV

if ENV.debug:
    raise ImproperlyConfigured("BANYAN_DEBUG is on: production settings refuse it.")
if "*" in ENV.allowed_hosts:
    raise ImproperlyConfigured("BANYAN_ALLOWED_HOSTS names every host: list your own.")

globals().update(HARDENED_COOKIES)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The proxy in front overwrites X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_HSTS_SECONDS = 31_536_000
# The proxy answers port 80 (deploy/); an API must not silently redirect (ASVS 4.1.2).
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = ["security.W008"]
