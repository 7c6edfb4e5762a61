"""Which usernames are held after their account was erased."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from modules.accounts.models import HeldName

_SALT = "accounts.held_name"


def digest_name(skeleton: str, *, key: str | None = None) -> str:
    """Return what is kept of a name in its stead."""
    return salted_hmac(_SALT, skeleton, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def is_held(skeleton: str) -> bool:
    """Return whether a name, or one that looks like it, was somebody's who was erased not long ago."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return HeldName.objects.filter(digest__in=[digest_name(skeleton, key=key) for key in keys]).exists()
