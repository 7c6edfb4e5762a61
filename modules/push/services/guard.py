"""
Connecting to servers that users have named: to public addresses alone.

A name is looked up once, and what it leads to is looked at before anything is sent there; the connection goes
to that very address, so that a name cannot lead elsewhere in between. Nobody follows redirects, and no proxy
is asked, for it would look up the name again.
"""

import ipaddress
import socket
from typing import Final

# All that is handed out to hosts of the internet; and a block of which Python gives parts to everybody.
_GLOBAL_V6: Final = ipaddress.ip_network("2000::/3")
_PROTOCOLS_V4: Final = ipaddress.ip_network("192.0.0.0/24")

# Of a name that leads to many, each of which may keep us waiting.
_MOST_ADDRESSES: Final = 3

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class PrivateAddress(OSError):
    """A name leads to where no push service of the internet is."""


def open_connection(host: str, port: int, *, timeout: float, may_be_private: bool) -> socket.socket:
    """
    Return a connection to the first address of a host that answers.

    :raises PrivateAddress: if the name leads to any address that is not public
    :raises OSError: if nobody answers
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not may_be_private and not all(is_public(str(entry[4][0])) for entry in found):
        raise PrivateAddress
    trouble: OSError = OSError("no address")
    for family, kind, protocol, _, address in found[:_MOST_ADDRESSES]:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            trouble = error
        else:
            return connection
    raise trouble


def is_public(text: str) -> bool:
    """Return whether an address is one of the internet's, whatever it is wrapped in."""
    address = _unwrap(ipaddress.ip_address(text.partition("%")[0]))
    is_odd = address.is_multicast or address.is_reserved or address.is_private
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not is_odd and address not in _PROTOCOLS_V4
    return address.is_global and not is_odd and address in _GLOBAL_V6


def _unwrap(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one leads to, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    # Teredo's (2001::/32) and NAT64's (64:ff9b::/96) are not let through in the first place.
    return address.ipv4_mapped or address.sixtofour or address
