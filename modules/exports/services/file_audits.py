"""
The audits of exports: whether each that is ready has its file, and whether each file has its export.

Their owners are the exports themselves. What is younger than an hour is left out, for somebody may be at it.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from modules.exports.models import Export
from modules.exports.schemas import READY
from modules.exports.services.requests import end_lost
from modules.kernel import clock
from modules.media import public as media
from sharding import audits
from sharding.audits import Audit, Difference
from sharding.ids import moment_of

_SETTLED_AFTER: Final = timedelta(hours=1)


def compare_rows(export_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the exports that are ready and have no file."""
    found = Export.objects.gather(_settled(export_ids), on_primary=True)
    ready = [row.id for row in found if row.state == READY]
    with _listing():
        files = media.map_downloads(ready)
    for id in ready:
        if not files.get(id):
            yield Difference(id, "files_missing", told_by=(id,))


def repair_rows(differences: Sequence[Difference]) -> int:
    """Delete exports that have no file: their users may ask for another. Return how many."""
    rows = Export.objects.gather([each.owner_id for each in differences], on_primary=True)
    for row in rows:
        end_lost(row.user_id, row.id)
    return len(rows)


def compare_files(export_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the exports of which there is a file and no row."""
    settled = _settled(export_ids)
    known = {row.id for row in Export.objects.gather(settled, on_primary=True)}
    for id in settled:
        if id not in known:
            yield Difference(id, "files_without_row", told_by=(id,))


def repair_files(differences: Sequence[Difference]) -> int:
    """Delete the files of what still has no row; return of how many."""
    ids = [each.owner_id for each in differences]
    known = {row.id for row in Export.objects.gather(ids, on_primary=True)}
    gone = [id for id in ids if id not in known]
    with _listing():
        for id in gone:
            media.delete_downloads(id)
    return len(gone)


def _list_stored(after: int, limit: int) -> list[int]:
    with _listing():
        return media.list_downloads(after, limit)


def _settled(export_ids: Collection[int]) -> list[int]:
    until = clock.now() - _SETTLED_AFTER
    return [id for id in export_ids if moment_of(id) < until]


@contextmanager
def _listing() -> Iterator[None]:
    """:raises CannotAudit: if the storage does not answer"""
    try:
        yield
    except media.StorageUnavailable as error:
        raise audits.CannotAudit(error.title) from error


audits.register(Audit("exports.rows", audits.owners_of(Export, "id"), compare_rows, repair_rows))
audits.register(Audit("exports.files", _list_stored, compare_files, repair_files))
