"""Remembering where somebody has got in from, so that strangers cannot lock them out of there."""

from datetime import datetime

from modules.accounts.models import KnownPlace
from modules.accounts.selectors.places import Place
from sharding.scope import writing_directory

# As many as a person has homes, offices and browsers; the oldest is forgotten first.
MOST = 20


def remember_place(user_id: int, place: Place, *, now: datetime) -> None:
    """Note that all factors of an account were shown from a place: by its address, and by its cookie."""
    with writing_directory():
        for digest in place.digests:
            KnownPlace.objects.update_or_create(
                user_id=user_id, digest=digest, defaults={"last_seen_at": now}
            )
        newest = KnownPlace.objects.filter(user_id=user_id).order_by("-last_seen_at", "-id")
        KnownPlace.objects.filter(id__in=list(newest.values_list("id", flat=True)[MOST:])).delete()


def forget_places(user_id: int) -> None:
    """Forget all places of an account, in the caller's transaction: one of them may be a thief's."""
    KnownPlace.objects.filter(user_id=user_id).delete()
