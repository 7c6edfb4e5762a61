"""Media as their owners see them."""

from modules.kernel import clock
from modules.kernel.rendered import Rendered
from modules.media.errors import MediaNotFound
from modules.media.models import Media
from modules.media.schemas import OwnMedia
from modules.media.selectors.cards import to_own, with_urls
from sharding.ids import shard_of


def get_media(owner_id: int, media_id: int) -> Rendered[OwnMedia]:
    """
    Return one of a user's own media.

    :raises MediaNotFound: if they have no such media
    """
    media = None
    if shard_of(media_id) == shard_of(owner_id):
        media = Media.objects.of(owner_id).filter(id=media_id).first()
    if media is None:
        raise MediaNotFound
    return render_own(media)


def render_own(media: Media) -> Rendered[OwnMedia]:
    """Return a row as its owner sees it, with addresses that hold from now on."""
    json = with_urls(to_own(media).json_bytes(), now=clock.now())
    return Rendered(OwnMedia, json, media.version)
