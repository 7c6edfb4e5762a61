"""Where the files of a media lie. Keys are made of ids alone, so that whoever knows the id finds them all."""

from typing import Final

UPLOADS, PRIVATE, PUBLIC = "incoming/", "media/", "public/"
# What other contexts have made for one person, who downloads it: no media, and nothing that is shown.
DOWNLOADS = "downloads/"
# What files are served as, by how their names end.
TYPES: Final = {
    "webp": "image/webp",
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "zip": "application/zip",
    "pdf": "application/pdf",
}


def upload_key(media_id: int) -> str:
    """Return where its upload arrives."""
    return f"{UPLOADS}{media_id}"


def variant_key(media_id: int, attempt: int, file: str, *, is_public: bool) -> str:
    """Return where a finished file of it lies; each attempt has a folder, so that no file ever changes."""
    return f"{folder_of(media_id, is_public=is_public)}{attempt}/{file}"


def folder_of(media_id: int, *, is_public: bool) -> str:
    """Return the folder of its finished files."""
    return f"{PUBLIC if is_public else PRIVATE}{media_id}/"


def download_key(download_id: int, attempt: int, file: str) -> str:
    """Return where a file lies that one person may download, under this name."""
    return f"{download_folder(download_id)}{attempt}/{file}"


def download_folder(download_id: int) -> str:
    """Return the folder of what one download is, whichever attempt made it."""
    return f"{DOWNLOADS}{download_id}/"


def cache_control(key: str) -> str:
    """Return how long a file may be kept: none changes, and no signed address of a shown one lives longer."""
    if key.startswith(DOWNLOADS):
        return "private, no-store"
    return f"public, max-age={31_536_000 if key.startswith(PUBLIC) else 1800}, immutable"


def content_disposition(key: str) -> str:
    """Return what a browser does with a file: show it, or keep it under the name that its key ends with."""
    if key.startswith(DOWNLOADS):
        return f'attachment; filename="{key.rpartition("/")[2]}"'
    return "inline"
