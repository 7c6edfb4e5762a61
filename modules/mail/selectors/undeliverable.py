"""Which addresses mail does not reach, or should not."""

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from modules.mail.models import UndeliverableAddress


def find_undeliverable(addresses: Iterable[str]) -> set[str]:
    """
    Return those of some addresses, as they were given, that take no mail or whose owner wants none of ours.

    What was asked for a moment ago (a code) is sent to them nevertheless. One query, none for no address.
    """
    digests = {address: to_digest(address) for address in addresses}
    if not digests:
        return set()
    marked = UndeliverableAddress.objects.filter(digest__in=set(digests.values()))
    found = set(marked.values_list("digest", flat=True))
    return {address for address, digest in digests.items() if digest in found}


def to_digest(address: str) -> str:
    """Return what stands for an address, so that nobody reads it, and its owner can be forgotten."""
    return salted_hmac("mail.undeliverable", address.strip().lower(), algorithm="sha256").hexdigest()
