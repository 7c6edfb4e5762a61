"""
Media in a folder, with the contract of an object storage.

Uploads go to a small server of its own (`server.py`), which also serves files, or has nginx do it.
"""

import heapq
import mimetypes
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from modules.media.schemas import Upload
from modules.media.storages import Stored
from modules.media.storages.keys import UPLOADS
from modules.media.storages.signing import Policy, Signer, to_moment


class FileMediaStorage(FileSystemStorage):
    """A folder, whose server trusts what is signed with this service's key."""

    def __init__(self, *, location: str, base_url: str, secrets: Sequence[str]) -> None:
        """Keep where files lie and where clients reach them."""
        super().__init__(location=location, base_url=f"{base_url}/")
        self._url = base_url
        self._signer = Signer(secrets)

    def sign_upload(self, key: str, *, type: str, max_bytes: int, until: datetime) -> Upload:
        """Return the form by which a client may upload one file."""
        policy = Policy(key=key, type=type, max_bytes=max_bytes, expires=int(until.timestamp()))
        fields = {"key": key, "Content-Type": type, **self._signer.sign_policy(policy)}
        expires_at = to_moment(policy.expires)
        return Upload(method="POST", url=f"{self._url}/", fields=fields, expires_at=expires_at)

    def sign_url(self, key: str, *, since: datetime, seconds: int) -> str:
        """Return the address of a file that ends so long after a moment."""
        signed = self._signer.sign_path(key, int(since.timestamp()) + seconds)
        return f"{self._url}/{key}?{signed}"

    def public_url(self, key: str) -> str:
        """Return the address of a file that everybody may fetch."""
        return f"{self._url}/{key}"

    def find(self, key: str) -> Stored | None:
        """Return what is known of a file; its type is what the server let it in as."""
        path = self._path(key)
        try:
            size = path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Stored(size, _read_type(path) or mimetypes.guess_type(path.name)[0] or "")

    def download(self, key: str, target: Path) -> None:
        """Write a file's content to a local one."""
        shutil.copyfile(self._path(key), target)

    def read_start(self, key: str, length: int) -> bytes:
        """Return the first bytes of a file."""
        with self._path(key).open("rb") as file:
            return file.read(length)

    def upload(self, key: str, source: Path, *, type: str) -> None:
        """Put a local file; whoever fetches it meanwhile sees all of it or nothing."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        shutil.copyfile(source, unfinished)
        unfinished.replace(path)

    def move(self, key: str, to: str, *, type: str) -> None:
        """Rename a file."""
        path = self._path(to)
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            self._path(key).replace(path)
            _type_file(self._path(key)).unlink(missing_ok=True)

    def list_folder(self, folder: str) -> list[str]:
        """Return the keys in a folder."""
        root = Path(self.location)
        return sorted(str(path.relative_to(root)) for path in self._path(folder).rglob("*") if path.is_file())

    def map_folders(self, folders: list[str]) -> dict[str, list[str]]:
        """Return the keys in each of some folders."""
        return {folder: self.list_folder(folder) for folder in folders}

    def list_folders(self, parent: str, *, after: str, limit: int) -> list[str]:
        """Return names of the folders in one, in the order of their letters, those behind a name."""
        with suppress(FileNotFoundError), os.scandir(self._path(parent)) as found:
            return heapq.nsmallest(
                limit, (each.name for each in found if each.name > after and each.is_dir())
            )
        return []

    def delete(self, keys: list[str]) -> None:  # type: ignore[override]
        """Delete files, and the folders that they leave empty."""
        for path in map(self._path, keys):
            path.unlink(missing_ok=True)
            _type_file(path).unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()
                path.parent.parent.rmdir()

    def delete_uploads(self, *, before: datetime) -> int:
        """Delete what was uploaded before a moment and never taken."""
        old = [path for path in self._path(UPLOADS).glob("*") if path.stat().st_mtime < before.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, key: str) -> Path:
        return Path(self.path(key))


def _type_file(path: Path) -> Path:
    return path.with_name(f".{path.name}.type")


def _read_type(path: Path) -> str:
    try:
        return _type_file(path).read_text()
    except FileNotFoundError:
        return ""
