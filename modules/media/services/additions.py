"""Images that this machine has, for loaders: put into the storage and processed at once, by nobody else."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from modules.media.models import Media
from modules.media.schemas import AWAITING, PROCESSING, NewMedia
from modules.media.services.processing import process_upload
from modules.media.services.uploads import create_media
from modules.media.storages import media_storage
from modules.media.storages.keys import upload_key
from sharding.scope import Once, writing_for

# When the clock has it done by a worker, if this process dies.
_DONE_WITHIN: Final = timedelta(minutes=5)


def add_image(owner_id: int, file: Path, new: NewMedia, *, now: datetime, once: Once | None) -> int:
    """
    Make a media of a local file, as if its owner had uploaded it, process it here, and return its id.

    No worker hears of it before it is ready, so that none is at it as well.

    :raises AlreadyDone: with the first answer, if `once` was used before
    :raises LimitReached, MediaTooLarge, MediaUnfit: as `create_media` does
    :raises StorageUnavailable: if the storage does not answer
    """
    media_id = create_media(owner_id, new, now=now, once=once).id
    media_storage().upload(upload_key(media_id), file, type=new.type)
    with writing_for(owner_id):
        Media.objects.of(owner_id).filter(id=media_id, state=AWAITING).update(
            state=PROCESSING, bytes=file.stat().st_size, claimed_until=now + _DONE_WITHIN
        )
    process_upload(owner_id, media_id, now=now)
    return media_id
