"""What nobody shows any more: rows by the clock, files and what a CDN holds of them after the rows."""

import json
import urllib.request
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from modules.media.models import Media
from modules.media.services.media import forget_media, put_tombstone
from modules.media.storages import media_storage
from modules.media.storages.keys import folder_of, upload_key
from sharding import outages
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for

ORPHANED_AFTER: Final = timedelta(hours=24)
BATCH: Final = 200
_WITHIN_S: Final = 10.0
_PURGE_WITHIN_S: Final = 5.0


def purge_orphans(*, now: datetime) -> int:
    """Delete what nothing shows a day after it was begun, on every instance that answers; return how many."""
    before, purged = now - ORPHANED_AFTER, 0
    while found := _list_orphans(before):
        here = sum(_purge(row["owner_id"], row["id"]) for row in found)
        purged += here
        if len(found) < BATCH or not here:
            break
    media_storage().delete_uploads(before=before)
    return purged


def delete_files(media_id: int) -> None:
    """
    Delete the files of what is gone, and have the CDN forget them; done again, it does no harm.

    :raises StorageUnavailable: if the storage does not answer; OSError: if the CDN does not take it
    """
    storage = media_storage()
    folders = [folder_of(media_id, is_public=is_public) for is_public in (False, True)]
    keys = [key for folder in folders for key in storage.list_folder(folder)]
    storage.delete([upload_key(media_id), *keys])
    if settings.MEDIA.purge_url:
        _tell_cdn([storage.public_url(folder) for folder in folders])


def _list_orphans(before: datetime) -> list[dict[str, Any]]:
    def query(rows: ShardedQuerySet[Media]) -> Any:
        orphans = rows.filter(attached_to=None, created_at__lt=before)
        return orphans.order_by("created_at", "id").values("id", "owner_id", "created_at")[:BATCH]

    return list(Media.objects.everywhere(query, within=_WITHIN_S, on_primary=True).rows)


def _purge(owner_id: int, media_id: int) -> bool:
    """Delete a row unless something shows it by now; return whether that was done."""
    try:
        with writing_for(owner_id):
            rows = Media.objects.of(owner_id).select_for_update(skip_locked=True)
            if (media := rows.filter(id=media_id, attached_to=None).first()) is None:
                return False
            version = forget_media(media)
    except InstanceUnavailable as error:
        outages.met(outages.name_of(error.alias), error)
        return False
    put_tombstone.now(media_id, version=version)
    return True


def _tell_cdn(prefixes: list[str]) -> None:
    """
    Tell the purge hook which addresses to forget: all that begin so.

    :raises OSError: if it does not take it; the news of the deletion is then delivered again
    """
    request = urllib.request.Request(  # noqa: S310 - the operator's own, checked to be http at start
        settings.MEDIA.purge_url,
        data=json.dumps({"prefixes": prefixes}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=_PURGE_WITHIN_S):  # noqa: S310 - as above
        return
