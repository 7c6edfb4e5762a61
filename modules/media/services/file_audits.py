"""
The audits of media: whether each row's files are in the storage, and whether each file has its row.

Their owners are the media themselves. What is younger than an hour is left out, for somebody may be at it.
The storage is listed in parts, as the rows are read: a run of neighbors is one request for a thousand files.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from modules.kernel import clock
from modules.media.errors import StorageUnavailable
from modules.media.models import Media
from modules.media.schemas import FAILED, FOR_POST, READY
from modules.media.selectors.stored import list_stored_in
from modules.media.services.processing import forget_lost_files
from modules.media.services.purges import delete_files
from modules.media.storages import media_storage
from modules.media.storages.keys import PRIVATE, PUBLIC, folder_of
from sharding import audits
from sharding.audits import Audit, Difference
from sharding.ids import moment_of

_SETTLED_AFTER: Final = timedelta(hours=1)


def compare_rows(media_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the media that lack files of theirs, and those with files that their rows do not name."""
    found = Media.objects.gather(_settled(media_ids), on_primary=True)
    rows = [row for row in found if row.state in (READY, FAILED)]
    with _listing():
        stored = _map_files({row.id: (row.purpose != FOR_POST,) for row in rows})
    for row in rows:
        named = {variant["key"] for variant in row.variants}
        for kind, keys in (
            ("files_missing", named - stored[row.id]),
            ("files_unnamed", stored[row.id] - named),
        ):
            if keys:
                yield Difference(row.id, kind, known=(row.version, *sorted(keys)), told_by=(row.id,))


def repair_rows(differences: Sequence[Difference]) -> int:
    """Have rows name what is left, or say that nothing is, and delete what none names; return how many."""
    mended = 0
    rows = {
        row.id: row for row in Media.objects.gather([each.owner_id for each in differences], on_primary=True)
    }
    with _listing():
        for each in differences:
            version, *keys = each.known
            row = rows.get(each.owner_id)
            if row is None or row.version != version:
                continue
            lost = [str(key) for key in keys]
            if each.kind == "files_missing":
                mended += forget_lost_files(row, lost)
            else:
                media_storage().delete(lost)
                mended += 1
    return mended


def compare_files(media_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the media of which there are files and no rows."""
    settled = _settled(media_ids)
    known = {row.id for row in Media.objects.gather(settled, on_primary=True)}
    orphans = [id for id in settled if id not in known]
    with _listing():
        stored = _map_files(dict.fromkeys(orphans, (False, True)))
    for id in orphans:
        if stored[id]:
            yield Difference(id, "files_without_row", known=tuple(sorted(stored[id])), told_by=(id,))


def repair_files(differences: Sequence[Difference]) -> int:
    """Delete the files of what still has no row, and have the CDN forget them; return of how many media."""
    ids = [each.owner_id for each in differences]
    known = {row.id for row in Media.objects.gather(ids, on_primary=True)}
    gone = [id for id in ids if id not in known]
    with _listing():
        for id in gone:
            delete_files(id)
    return len(gone)


def list_stored(after: int, limit: int) -> list[int]:
    """Return ids of which there are finished files, in order."""
    with _listing():
        return list_stored_in((PRIVATE, PUBLIC), after, limit)


def _settled(media_ids: Collection[int]) -> list[int]:
    until = clock.now() - _SETTLED_AFTER
    return [id for id in media_ids if moment_of(id) < until]


def _map_files(places: dict[int, tuple[bool, ...]]) -> dict[int, set[str]]:
    """Return the keys of the finished files of some media, each among the public, the others or both."""
    found: dict[int, set[str]] = {id: set() for id in places}
    for is_public in (False, True):
        folders = {
            folder_of(id, is_public=is_public): id for id, where in places.items() if is_public in where
        }
        for folder, keys in media_storage().map_folders(list(folders)).items():
            found[folders[folder]].update(keys)
    return found


@contextmanager
def _listing() -> Iterator[None]:
    """:raises CannotAudit: if the storage does not answer"""
    try:
        yield
    except StorageUnavailable as error:
        raise audits.CannotAudit(error.title) from error


audits.register(Audit("media.rows", audits.owners_of(Media, "id"), compare_rows, repair_rows))
audits.register(Audit("media.files", list_stored, compare_files, repair_files))
