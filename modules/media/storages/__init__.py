"""
Where files lie: one interface, over an object storage that speaks S3 and over a folder.

Clients send and fetch files there and nowhere else: no byte of an image passes through the API.
"""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from django.core.files.storage import storages

from modules.media.schemas import Upload


class Stored(NamedTuple):
    """What a storage knows of a file."""

    bytes: int
    type: str


class MediaStorage(Protocol):
    """
    A storage of media. Keys are paths without a slash in front; a folder is what its files' keys begin with.

    All that reaches the storage raises `StorageUnavailable` if it does not answer; the rest costs no request.
    """

    def sign_upload(self, key: str, *, type: str, max_bytes: int, until: datetime) -> Upload:
        """Return the form by which a client may upload one file: exactly this key and type, no more bytes."""

    def sign_url(self, key: str, *, since: datetime, seconds: int) -> str:
        """Return the address of a file that ends so long after a moment; equal arguments give equal ones."""

    def public_url(self, key: str) -> str:
        """Return the address of a file that everybody may fetch: one whose key begins with `public/`."""

    def find(self, key: str) -> Stored | None:
        """Return what is known of a file, or None if there is none."""

    def download(self, key: str, target: Path) -> None:
        """Write a file's content to a local one."""

    def read_start(self, key: str, length: int) -> bytes:
        """Return the first bytes of a file."""

    def upload(self, key: str, source: Path, *, type: str) -> None:
        """Put a local file, which a later one of that key replaces."""

    def move(self, key: str, to: str, *, type: str) -> None:
        """Rename a file within the storage; done again, it changes nothing."""

    def list_folder(self, folder: str) -> list[str]:
        """Return the keys in a folder."""

    def map_folders(self, folders: list[str]) -> dict[str, list[str]]:
        """Return the keys in each of some folders, which lie in one; a thousand of neighbors at a time."""

    def list_folders(self, parent: str, *, after: str, limit: int) -> list[str]:
        """Return names of the folders in one, in the order of their letters, those behind a name."""

    def delete(self, keys: list[str]) -> None:
        """Delete files; those that are not there are no error."""

    def delete_uploads(self, *, before: datetime) -> int:
        """Delete what was uploaded before a moment and never taken; return how many are known to be gone."""


def media_storage() -> MediaStorage:
    """Return the storage of this deployment."""
    return cast(MediaStorage, storages["media"])
