"""Where the owner of a name has got in from before."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from django.utils.crypto import salted_hmac

from modules.accounts.models import KnownPlace


@dataclass(frozen=True)
class Place:
    """Where a request comes from: its address, and what the browser's cookie for this holds, if any."""

    address: str
    device: str = ""

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Return what stands for it in the directory, the surer first: an address is shared."""
        devices = (_digest("device", self.device),) if self.device else ()
        return (*devices, _digest("address", self.address))


def find_known(name: str, place: Place) -> str | None:
    """
    Return which part of a place, as its digest, the owner of a name has got in from; None is for strangers.

    An address is a name of who has verified it: anybody may claim one.
    """
    rows = KnownPlace.objects.filter(digest__in=place.digests)
    # One or the other: both in one question would read the whole table.
    if "@" in name:
        rows = rows.filter(user__emailaddress__email=name, user__emailaddress__verified=True)
    else:
        rows = rows.filter(user__username=name)
    known = set(rows.values_list("digest", flat=True))
    return next((digest for digest in place.digests if digest in known), None)


def find_known_device(name: str, place: Place) -> str | None:
    """Return the cookie of a place, as its digest, if the owner of a name has got in with it."""
    if not place.device:
        return None
    known = find_known(name, place)
    return known if known == place.digests[0] else None


def map_known(user_ids: Collection[int], place: Place) -> set[int]:
    """Return those who have got in from a place before."""
    rows = KnownPlace.objects.filter(user_id__in=user_ids, digest__in=place.digests)
    return set(rows.values_list("user_id", flat=True))


def is_known_device(user_id: int, place: Place) -> bool:
    """Return whether the cookie of a place was left by this account."""
    if not place.device:
        return False
    return bool(KnownPlace.objects.filter(user_id=user_id, digest=place.digests[0]).exists())


def _digest(kind: str, text: str) -> str:
    return salted_hmac(f"accounts.place.{kind}", text, algorithm="sha256").hexdigest()
