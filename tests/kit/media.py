"""Images and videos: made, uploaded as a client does, and where tests look for their files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from PIL import Image

from modules.kernel import clock
from modules.media.models import Media
from modules.media.schemas import NewMedia, Upload
from modules.media.services.processing import process_upload
from modules.media.services.uploads import complete_upload, create_media
from modules.media.storages import media_storage
from modules.media.storages.keys import upload_key
from tests.kit.people import Person


def jpeg(width: int = 640, height: int = 480) -> bytes:
    """Return a picture of a gradient."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def mp4() -> bytes:
    """Return what begins and ends as a video does."""
    return b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom" + b"\x00\x00\x00\x08moov"


def announce(owner: Person, content: bytes = b"x", type: str = "image/jpeg", **fields: Any) -> int:
    """Make room for a file and return its id."""
    said: Any = type
    new = NewMedia(type=said, bytes=len(content), **fields)
    return create_media(owner.id, new, now=clock.now(), once=None).id


def put(media_id: int, content: bytes, *, type: str = "image/jpeg") -> None:
    """Put a file where its upload arrives."""
    folder = Path(settings.STORAGES["media"]["OPTIONS"]["location"])
    target = folder / upload_key(media_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    (target.parent / f".{target.name}.type").write_text(type)


def upload(owner: Person, content: bytes | None = None, type: str = "image/jpeg", **fields: Any) -> int:
    """Have a file wait to be processed, and return its id."""
    content = jpeg(64, 48) if content is None else content
    media_id = announce(owner, content, type, **fields)
    put(media_id, content, type=type)
    complete_upload(owner.id, media_id, now=clock.now())
    return media_id


def make_media(owner: Person, content: bytes | None = None, type: str = "image/jpeg", **fields: Any) -> int:
    """Upload a file, have it processed, and return its id."""
    media_id = upload(owner, content, type, **fields)
    process_upload(owner.id, media_id, now=clock.now())
    return media_id


def row_of(owner: Person, media_id: int) -> Media:
    """Return the row of a media."""
    return Media.objects.of(owner.id).on_primary().get(id=media_id)


def files_of(media_id: int) -> list[str]:
    """Return the keys of what lies in the storage of a media, its upload too."""
    storage = media_storage()
    folders = (f"media/{media_id}/", f"public/{media_id}/")
    arrived = [upload_key(media_id)] if storage.find(upload_key(media_id)) else []
    return arrived + [key for folder in folders for key in storage.list_folder(folder)]


def send_form(form: Upload | dict[str, Any], content: bytes, **changed: str) -> httpx.Response:
    """Upload a file as a browser does: the form's fields, and then the file."""
    said = form if isinstance(form, dict) else form.model_dump()
    fields = {**said["fields"], **changed}
    parts = [(name, (None, value)) for name, value in fields.items()]
    return httpx.post(said["url"], files=[*parts, ("file", ("a.jpg", content))], timeout=10)
