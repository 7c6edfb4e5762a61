"""What ends when a user is erased: all their media, with the files and what a CDN holds of them."""

from modules.media.models import Media
from modules.media.services.media import forget_media
from sharding import erasing
from sharding.erasing import Phase, Step

# Rows of a transaction, each with news of its own.
_PART = 100


def end_media(user_id: int, limit: int) -> dict[str, int]:
    """Delete a part of a user's media, whatever shows them, in the open transaction; the files follow."""
    rows = list(Media.objects.of(user_id).select_for_update()[: min(limit, _PART)])
    for media in rows:
        forget_media(media)
    return {Media._meta.db_table: len(rows)} if rows else {}


erasing.register(Step("media.media", Phase.TOLD, end_media))
