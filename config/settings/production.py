"""Base, hardened; refuses to start where a setting would make it unsafe."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import ENV

if ENV.debug:
    raise ImproperlyConfigured("BANYAN_DEBUG is on: production settings refuse it.")
if "*" in ENV.allowed_hosts:
    raise ImproperlyConfigured("BANYAN_ALLOWED_HOSTS names every host: list your own.")

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
# The proxy answers port 80 (deploy/); an API must not silently redirect (ASVS 4.1.2).
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = ["security.W008"]
