"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.media.errors import MediaUnfit
from modules.media.selectors.cards import map_json
from modules.media.selectors.pictures import to_picture
from modules.media.services.additions import add_image
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
    "add_image",
    "attach_media",
    "drop_picture",
    "list_held",
    "map_json",
    "release_media",
    "show_instead",
    "to_picture",
    "use_picture",
]
