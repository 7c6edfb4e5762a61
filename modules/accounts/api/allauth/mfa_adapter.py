"""Where allauth asks us of second factors: how their secrets are kept, and what passkeys are bound to."""

import base64
import hashlib
from functools import lru_cache
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps secrets encrypted, and binds passkeys to the domain that is configured, not asked for."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored: a stolen table makes no codes."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return what passkeys are bound to; a front end on a subdomain of it may use them."""
        return {
            "id": settings.PASSKEY_DOMAIN or urlsplit(settings.PUBLIC_URL).hostname,
            "name": settings.SITE_NAME,
        }


def _cipher() -> MultiFernet:
    return _cipher_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=4)
def _cipher_of(*keys: str) -> MultiFernet:
    """Return a cipher that writes by the first key and reads by all: a rotated key loses no second factor."""
    digests = (hashlib.sha256(b"accounts.second_factor:" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
