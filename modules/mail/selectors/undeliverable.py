"""Which addresses mail does not reach, or should not."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import salted_hmac

from modules.mail.models import UndeliverableAddress


def find_undeliverable(addresses: Iterable[str]) -> set[str]:
    """
    Return those of some addresses, as they were given, that take no mail or whose owner wants none of ours.

    What was asked for a moment ago (a code) is sent to them nevertheless. One query, none for no address.
    """
    digests = {address: list_digests(address) for address in addresses}
    if not digests:
        return set()
    asked = {digest for each in digests.values() for digest in each}
    marked = UndeliverableAddress.objects.filter(digest__in=asked)
    found = set(marked.values_list("digest", flat=True))
    return {address for address, each in digests.items() if not found.isdisjoint(each)}


def list_digests(address: str) -> list[str]:
    """Return all that may stand for an address: what was marked before keys changed stays marked."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [to_digest(address, key=key) for key in keys]


def to_digest(address: str, *, key: str | None = None) -> str:
    """Return what stands for an address, so that nobody reads it, and its owner can be forgotten."""
    plain, secret = address.strip().lower(), key or settings.SECRET_KEY
    return salted_hmac("mail.undeliverable", plain, secret=secret, algorithm="sha256").hexdigest()
