"""
From what was uploaded to what is shown: in a worker, by way of a child process that may do nothing else.

Whoever processes a media claims it first, in a transaction of its own, and writes to a folder named after the
attempt. Whatever dies: the clock has it begun anew when the claim is over, and an attempt that comes late
finds that it is not its own any more, and takes its files away.
"""

import hashlib
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db.models import F

from modules.media.errors import StorageUnavailable
from modules.media.events import MediaFailed, MediaReady, MediaUploaded
from modules.media.models import Media
from modules.media.processing import process
from modules.media.schemas import FAILED, FOR_POST, PROCESSING, READY, VIDEO
from modules.media.selectors.cards import render
from modules.media.services.media import renew_card
from modules.media.storages import media_storage
from modules.media.storages.keys import folder_of, upload_key, variant_key
from sharding import outbox
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for

# What a killer of children does twice it does for ever.
MAX_ATTEMPTS: Final = 2
# Longer than Celery lets a task live.
CLAIM: Final = timedelta(seconds=90)
BATCH: Final = 200
_WITHIN_S: Final = 10.0
# What a file of each type begins with, from which byte on.
_CONTAINERS: Final = {
    "video/mp4": (4, b"ftyp"),
    "video/quicktime": (4, b"ftypqt"),
    "video/webm": (0, b"\x1a\x45\xdf\xa3"),
}
_EXTENSIONS: Final = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of an upload: the columns of what is ready, or why it is not."""

    columns: dict[str, Any]
    reason: str = ""

    @property
    def keys(self) -> list[str]:
        """Return where its files lie."""
        return [variant["key"] for variant in self.columns.get("variants", [])]


def process_upload(owner_id: int, media_id: int, *, now: datetime) -> None:
    """
    Make of an upload what is shown, unless somebody else is at it or it was done.

    :raises StorageUnavailable: if the storage does not answer; it is then tried again, as if it never was
    """
    if (media := _claim(owner_id, media_id, now)) is None:
        return
    try:
        with tempfile.TemporaryDirectory(prefix="banyan-media-") as folder:
            made = _make_video(media) if media.kind == VIDEO else _make_image(media, Path(folder))
    except StorageUnavailable:
        _give_back(media, now)
        raise
    _finish(media, made)


def resume_processing(*, now: datetime) -> int:
    """Announce again what somebody began to process and did not end; return how many."""

    def query(rows: ShardedQuerySet[Media]) -> Any:
        return (
            rows.filter(claimed_until__lt=now)
            .order_by("claimed_until", "id")
            .values("id", "owner_id", "claimed_until")[:BATCH]
        )

    found = Media.objects.everywhere(query, within=_WITHIN_S, on_primary=True).rows
    for row in found:
        with writing_for(row["owner_id"]):
            event = MediaUploaded(media_id=row["id"], owner_id=row["owner_id"])
            outbox.record(event, owner_id=row["id"])
    return len(found)


def forget_lost_files(media: Media, lost: Collection[str]) -> bool:
    """
    Have the row of what is ready name the files that are left; with none left it has failed.

    Returns whether that was done: if the row is another by now, nothing is.
    """
    with writing_for(media.owner_id):
        rows = Media.objects.of(media.owner_id).select_for_update()
        row = rows.filter(id=media.id, state=READY, version=media.version).first()
        if row is None:
            return False
        left = [variant for variant in row.variants if variant["key"] not in lost]
        settled = _settle(row, _Made({"variants": left}, "" if left else "files_missing"))
    renew_card.now(media.id, render(settled))
    return True


def _claim(owner_id: int, media_id: int, now: datetime) -> Media | None:
    """Return what is to be processed, claimed, or None; what was tried too often has failed."""
    failed = None
    with writing_for(owner_id):
        media = Media.objects.of(owner_id).select_for_update().filter(id=media_id, state=PROCESSING).first()
        if media is None or (media.attempts and media.claimed_until and media.claimed_until > now):
            return None
        if media.attempts >= MAX_ATTEMPTS:
            failed = _settle(media, _Made({}, "unprocessable"))
        else:
            media.attempts += 1
            Media.objects.of(owner_id).filter(id=media_id).update(
                attempts=media.attempts, claimed_until=now + CLAIM
            )
    if failed is None:
        return media
    renew_card.now(media_id, render(failed))
    _tidy(failed, [])
    return None


def _give_back(media: Media, now: datetime) -> None:
    """Let a claim go that came to nothing, and does not count."""
    with writing_for(media.owner_id):
        claimed = Media.objects.of(media.owner_id).filter(id=media.id, attempts=media.attempts)
        claimed.update(attempts=F("attempts") - 1, claimed_until=now)


def _make_image(media: Media, folder: Path) -> _Made:
    """Have the child make what is shown of an image, and put it into the storage."""
    storage, source, target = media_storage(), folder / "source", folder / "made"
    if storage.find(upload_key(media.id)) is None:
        return _Made({}, "upload_missing")
    storage.download(upload_key(media.id), source)
    if media.sha256 and _sha256(source) != media.sha256:
        return _Made({}, "checksum_differs")
    target.mkdir()
    outcome = process(source, target)
    if not outcome.ok:
        return _Made({}, str(outcome.reason))
    variants = []
    for variant in outcome.variants:
        key = variant_key(media.id, media.attempts, variant.file, is_public=media.purpose != FOR_POST)
        storage.upload(key, target / variant.file, type=variant.type)
        variants.append(
            {
                "name": variant.name,
                "key": key,
                "type": variant.type,
                "width": variant.width,
                "height": variant.height,
                "bytes": variant.bytes,
            }
        )
    columns = {"width": outcome.width, "height": outcome.height, "blurhash": outcome.blurhash}
    return _Made({**columns, "type": outcome.type, "variants": variants})


def _make_video(media: Media) -> _Made:
    """Look whether a video is what it says it is, and give it its place: it stays as it came."""
    storage, arrived = media_storage(), upload_key(media.id)
    # The same place whichever attempt: one that was killed may have moved it already.
    key = variant_key(media.id, 1, f"original.{_EXTENSIONS[media.type]}", is_public=False)
    if storage.find(arrived) is not None:
        at, magic = _CONTAINERS[media.type]
        if not storage.read_start(arrived, 64)[at:].startswith(magic):
            return _Made({}, "type_differs")
        storage.move(arrived, key, type=media.type)
    if (stored := storage.find(key)) is None:
        return _Made({}, "upload_missing")
    variant = {"name": "original", "key": key, "type": media.type, "width": None, "height": None}
    return _Made({"variants": [{**variant, "bytes": stored.bytes}]})


def _finish(media: Media, made: _Made) -> None:
    """Write down what became of an upload if it still is this attempt's, and tidy the storage."""
    settled = None
    with writing_for(media.owner_id):
        claimed = Media.objects.of(media.owner_id).select_for_update()
        row = claimed.filter(id=media.id, state=PROCESSING, attempts=media.attempts).first()
        if row is not None:
            settled = _settle(row, made)
    if settled is None:
        # Deleted meanwhile, or somebody else's by now: what lies there is nobody's.
        media_storage().delete(made.keys)
        return
    renew_card.now(media.id, render(settled))
    _tidy(media, made.keys)


def _settle(media: Media, made: _Made) -> Media:
    """Write in the open transaction what became of an upload, and announce it."""
    columns: dict[str, Any] = {
        **made.columns,
        "state": FAILED if made.reason else READY,
        "reason": made.reason,
        "version": media.version + 1,
        "claimed_until": None,
    }
    Media.objects.of(media.owner_id).filter(id=media.id).update(**columns)
    for name, value in columns.items():
        setattr(media, name, value)
    event = MediaFailed if made.reason else MediaReady
    outbox.record(event(media_id=media.id, owner_id=media.owner_id, version=media.version))
    return media


def _tidy(media: Media, kept: list[str]) -> None:
    """
    Delete the upload, which nobody needs any more, and what attempts that died have left.

    A worker that dies here leaves an upload behind, which the clock deletes.
    """
    folder = folder_of(media.id, is_public=media.purpose != FOR_POST)
    left = [key for key in media_storage().list_folder(folder) if key not in kept]
    media_storage().delete([upload_key(media.id), *left])


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
