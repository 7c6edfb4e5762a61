"""Where the files of a media lie. Keys are made of ids alone, so that whoever knows the id finds them all."""

UPLOADS, PRIVATE, PUBLIC = "incoming/", "media/", "public/"


def upload_key(media_id: int) -> str:
    """Return where its upload arrives."""
    return f"{UPLOADS}{media_id}"


def variant_key(media_id: int, attempt: int, file: str, *, is_public: bool) -> str:
    """Return where a finished file of it lies; each attempt has a folder, so that no file ever changes."""
    return f"{folder_of(media_id, is_public=is_public)}{attempt}/{file}"


def folder_of(media_id: int, *, is_public: bool) -> str:
    """Return the folder of its finished files."""
    return f"{PUBLIC if is_public else PRIVATE}{media_id}/"
