"""
Files that other contexts have made for one person, who downloads them: in the storage of media, and no media.

Whose they are and how long they stay, the context knows that made them. Nothing lists them to anybody, and
each address is signed.
"""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from modules.media.selectors.stored import list_stored_in
from modules.media.storages import media_storage
from modules.media.storages.keys import DOWNLOADS, download_folder, download_key


def store_download(download_id: int, attempt: int, source: Path, *, file: str, type: str) -> None:
    """
    Put a local file, which is downloaded under the name `file` (a-z, 0-9, - and _, and .zip or .pdf).

    Each attempt to make it has a folder of its own, so that no file ever changes.

    :raises StorageUnavailable: if the storage does not answer
    """
    media_storage().upload(download_key(download_id, attempt, file), source, type=type)


def sign_download(download_id: int, attempt: int, file: str, *, since: datetime, seconds: int) -> str:
    """Return the address of a file that ends so long after a moment; it costs no request."""
    return media_storage().sign_url(download_key(download_id, attempt, file), since=since, seconds=seconds)


def delete_downloads(download_id: int, *, but_attempt: int | None = None) -> None:
    """
    Delete the files of a download, or those of all attempts but one; done again, it does no harm.

    :raises StorageUnavailable: if the storage does not answer
    """
    folder = download_folder(download_id)
    kept = None if but_attempt is None else f"{folder}{but_attempt}/"
    keys = media_storage().list_folder(folder)
    media_storage().delete([key for key in keys if kept is None or not key.startswith(kept)])


def delete_download(download_id: int, attempt: int, file: str) -> None:
    """
    Delete one file.

    :raises StorageUnavailable: if the storage does not answer
    """
    media_storage().delete([download_key(download_id, attempt, file)])


def list_downloads(after: int, limit: int) -> list[int]:
    """
    Return ids of which there are files, in order.

    :raises StorageUnavailable: if the storage does not answer
    """
    return list_stored_in((DOWNLOADS,), after, limit)


def map_downloads(download_ids: Collection[int]) -> dict[int, int]:
    """
    Return how many files there are of each.

    :raises StorageUnavailable: if the storage does not answer
    """
    folders = {download_folder(id): id for id in download_ids}
    found = media_storage().map_folders(list(folders))
    return {folders[folder]: len(keys) for folder, keys in found.items()}
