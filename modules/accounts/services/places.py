"""Remembering where somebody has got in from, so that strangers cannot lock them out of there."""

from datetime import datetime, timedelta

from modules.accounts.models import KnownPlace
from modules.accounts.selectors.places import Place
from sharding.scope import writing_directory

# As many as a person has homes, offices and browsers; the oldest is forgotten first.
MOST = 20
# Else every log-in would wait for the one before it, of the same person from the same place, to commit.
RENEWED_AFTER = timedelta(hours=1)


def remember_place(user_id: int, place: Place, *, now: datetime) -> None:
    """Note that all factors of an account were shown from a place: by its address, and by its cookie."""
    mine = KnownPlace.objects.filter(user_id=user_id)
    renewed = mine.filter(digest__in=place.digests, last_seen_at__gt=now - RENEWED_AFTER)
    if renewed.count() == len(place.digests):
        return
    with writing_directory():
        mine.filter(digest__in=place.digests, last_seen_at__lte=now - RENEWED_AFTER).update(last_seen_at=now)
        KnownPlace.objects.bulk_create(
            [KnownPlace(user_id=user_id, digest=digest, last_seen_at=now) for digest in place.digests],
            ignore_conflicts=True,
        )
        oldest = mine.order_by("-last_seen_at", "-id").values_list("id", flat=True)[MOST:]
        KnownPlace.objects.filter(id__in=list(oldest)).delete()


def forget_places(user_id: int) -> None:
    """Forget all places of an account, in the caller's transaction: one of them may be a thief's."""
    KnownPlace.objects.filter(user_id=user_id).delete()
