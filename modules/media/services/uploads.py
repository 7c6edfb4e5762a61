"""Uploads: what may be uploaded, and that it has arrived. The bytes go to the storage, never through here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from modules.kernel import limits, quotas
from modules.kernel.errors import InputError
from modules.kernel.limits import Cost
from modules.kernel.rendered import Rendered
from modules.media.errors import MediaNotFound, MediaTooLarge, MediaUnfit, UploadExpired, UploadMissing
from modules.media.events import MediaUploaded
from modules.media.models import Media
from modules.media.schemas import (
    AWAITING,
    FOR_POST,
    IMAGE,
    PROCESSING,
    PURPOSES,
    VIDEO,
    VIDEO_TYPES,
    CreatedMedia,
    NewMedia,
    OwnMedia,
)
from modules.media.selectors.cards import to_own
from modules.media.selectors.media import render_own
from modules.media.storages import media_storage
from modules.media.storages.keys import upload_key
from sharding import outbox
from sharding.errors import AlreadyDone
from sharding.ids import shard_of
from sharding.scope import Once, writing_for

UPLOADS: Final = limits.declare(
    "media", 60, 1800, counts="a user's uploads that are begun (`POST /v1/media`)"
)
# A client that was slow may still say that it is done when nothing can be uploaded any more.
_GRACE: Final = timedelta(minutes=5)
# When the clock looks whether the news of an upload was heard.
_HEARD_WITHIN: Final = timedelta(minutes=5)


def create_media(owner_id: int, new: NewMedia, *, now: datetime, once: Once | None) -> CreatedMedia:
    """
    Make room for a file, and say how to upload it.

    :raises AlreadyDone: with the first answer, if `once` was used before
    :raises LimitReached: if the user has begun as many as they may
    :raises MediaTooLarge, MediaUnfit: if its size or its kind is not for that
    """
    kind = VIDEO if new.type in VIDEO_TYPES else IMAGE
    _check(new, kind)
    refund = _charge(owner_id)
    try:
        with writing_for(owner_id, once=once) as write:
            media = _create(owner_id, new, kind, now)
            card = _invite(media, now)
            write.answer(201, card.json_bytes())
    except AlreadyDone:
        refund()
        raise
    return card


def complete_upload(owner_id: int, media_id: int, *, now: datetime) -> Rendered[OwnMedia]:
    """
    Have an upload processed that has arrived; said again, it changes nothing.

    :raises MediaNotFound: if the user has no such media
    :raises UploadMissing: if nothing has arrived, or not what was announced; UploadExpired: if it is too late
    :raises StorageUnavailable: if the storage does not answer
    """
    if shard_of(media_id) != shard_of(owner_id):
        raise MediaNotFound
    media = Media.objects.of(owner_id).on_primary().filter(id=media_id).first()
    if media is None:
        raise MediaNotFound
    if media.state == AWAITING:
        # The storage is asked outside the transaction: no row is locked while somebody else answers.
        media = _begin(media, _find_size(media, now), now)
    return render_own(media)


def _check(new: NewMedia, kind: int) -> None:
    """:raises MediaTooLarge, MediaUnfit: if its size or its kind is not for that"""
    is_video = kind == VIDEO
    most = settings.MEDIA.max_video_bytes if is_video else settings.MEDIA.max_image_bytes
    if new.bytes > most:
        raise MediaTooLarge(errors=[InputError("/bytes", "too_large", f"Send at most {most} bytes.")])
    if is_video and new.purpose != PURPOSES[FOR_POST]:
        hint = "Only an image can be an avatar or a cover."
        raise MediaUnfit(errors=[InputError("/purpose", "media_unfit", hint)])


def _charge(owner_id: int) -> Callable[[], None]:
    if not settings.LIMITS.is_on:
        return lambda: None
    return quotas.acquire(Cost(UPLOADS, str(owner_id)))


def _create(owner_id: int, new: NewMedia, kind: int, now: datetime) -> Media:
    return Media.objects.create(
        owner_id=owner_id,
        kind=kind,
        purpose=PURPOSES.index(new.purpose),
        state=AWAITING,
        reason="",
        type=new.type,
        bytes=new.bytes,
        sha256=new.sha256 or "",
        blurhash="",
        alt=new.alt,
        focus_x=new.focus.x if new.focus else None,
        focus_y=new.focus.y if new.focus else None,
        attempts=0,
        created_at=now,
    )


def _invite(media: Media, now: datetime) -> CreatedMedia:
    """Return what is answered: the media, and the form by which its file is uploaded."""
    upload = media_storage().sign_upload(
        upload_key(media.id),
        type=media.type,
        max_bytes=media.bytes,
        until=now + timedelta(seconds=settings.MEDIA.upload_s),
    )
    return CreatedMedia(**dict(to_own(media)), upload=upload)


def _find_size(media: Media, now: datetime) -> int:
    """
    Return how many bytes have arrived.

    :raises UploadMissing: if nothing has, or not what was announced; UploadExpired: if it is too late
    """
    if now > media.created_at + timedelta(seconds=settings.MEDIA.upload_s) + _GRACE:
        raise UploadExpired
    stored = media_storage().find(upload_key(media.id))
    if stored is None:
        raise UploadMissing
    if stored.bytes > media.bytes or stored.type != media.type:
        raise UploadMissing("What has arrived is larger, or of another type, than was announced.")
    return stored.bytes


def _begin(media: Media, size: int, now: datetime) -> Media:
    """Mark an upload as arrived and announce it, unless somebody else was quicker."""
    with writing_for(media.owner_id):
        media = Media.objects.of(media.owner_id).select_for_update().get(id=media.id)
        if media.state != AWAITING:
            return media
        media.state, media.bytes, media.version = PROCESSING, size, media.version + 1
        media.claimed_until = now + _HEARD_WITHIN
        Media.objects.of(media.owner_id).filter(id=media.id).update(
            state=media.state, bytes=size, version=media.version, claimed_until=media.claimed_until
        )
        outbox.record(MediaUploaded(media_id=media.id, owner_id=media.owner_id), owner_id=media.id)
    return media
