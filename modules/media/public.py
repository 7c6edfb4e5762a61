"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.media.errors import MediaUnfit, StorageUnavailable
from modules.media.selectors.cards import map_json
from modules.media.selectors.pictures import to_picture
from modules.media.services.additions import add_image
from modules.media.services.downloads import (
    delete_download,
    delete_downloads,
    list_downloads,
    map_downloads,
    sign_download,
    store_download,
)
from modules.media.services.media import (
    attach_media,
    drop_picture,
    list_held,
    release_media,
    show_instead,
    use_picture,
)

__all__ = [
    "MediaUnfit",
    "StorageUnavailable",
    "add_image",
    "attach_media",
    "delete_download",
    "delete_downloads",
    "drop_picture",
    "list_downloads",
    "list_held",
    "map_downloads",
    "map_json",
    "release_media",
    "show_instead",
    "sign_download",
    "store_download",
    "to_picture",
    "use_picture",
]
