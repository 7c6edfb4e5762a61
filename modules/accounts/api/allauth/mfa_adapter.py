"""Where allauth asks us of second factors: how their secrets are kept, and what passkeys are bound to."""

from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from modules.accounts.services import encryption


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps secrets encrypted, and binds passkeys to the domain that is configured, not asked for."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return encryption.decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return what passkeys are bound to; a front end on a subdomain of it may use them."""
        return {
            "id": settings.PASSKEY_DOMAIN or urlsplit(settings.PUBLIC_URL).hostname,
            "name": settings.SITE_NAME,
        }
