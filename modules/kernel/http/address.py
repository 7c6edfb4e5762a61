"""Where a request comes from, as far as it can be trusted."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """
    Return the address a request is counted under; of IPv6 the /64 that one household holds.

    `X-Forwarded-For` counts only as far as our own proxies wrote it: with two of them, the second entry from
    the right. What a client writes there stands further left and is never looked at.
    """
    meta = request.META
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            return _network_of(hops[-proxies])
    return _network_of(meta.get("REMOTE_ADDR", ""))


@lru_cache(maxsize=4096)
def _network_of(text: str) -> str:
    """Return the network of an address; of anything that is none, one name for all such."""
    try:
        address = ip_address(text)
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, 64), strict=False))
