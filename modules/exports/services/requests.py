"""Asking for exports, and ending them: one transaction, one announcement each."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from modules.exports.errors import ExportNotFound, ExportTooSoon, YearUnfit
from modules.exports.events import ExportEnded, ExportRequested
from modules.exports.models import Allowance, Export
from modules.exports.schemas import APART, FIRST_YEAR, KINDS, READY, WAITING, ExportCard, NewExport
from modules.exports.selectors.exports import to_card
from modules.kernel.errors import InputError
from modules.media import public as media
from sharding import outbox
from sharding.ids import shard_of
from sharding.querysets import ShardedQuerySet
from sharding.scope import Once, writing_for

# When the clock looks whether the news of it was heard.
HEARD_WITHIN: Final = timedelta(minutes=5)

log = structlog.get_logger(__name__)


def request_export(user_id: int, new: NewExport, *, now: datetime, once: Once | None) -> ExportCard:
    """
    Have something exported, in a worker.

    :raises AlreadyDone: with the first answer, if `once` was used before
    :raises ExportTooSoon: if there was one of this kind within a day
    :raises YearUnfit: if there is no such report
    """
    year = _year_of(new, now)
    kind = KINDS.index(new.kind)
    with writing_for(user_id, once=once) as write:
        allowance = _lock_allowance(user_id, kind, now)
        export = Export.objects.create(
            user_id=user_id,
            kind=kind,
            year=year,
            state=WAITING,
            progress=0,
            error="",
            attempts=0,
            created_at=now,
            claimed_until=now + HEARD_WITHIN,
            file="",
            sha256="",
        )
        allowance.export_id, allowance.free_at = export.id, now + APART
        allowance.save()
        outbox.record(ExportRequested(export_id=export.id, user_id=user_id), owner_id=export.id)
        card = to_card(export)
        write.answer(202, card.json_bytes())
    return card


def end_export(user_id: int, export_id: int) -> None:
    """
    Delete one of a user's exports with its file, be it finished or not.

    The file is deleted at once where the storage answers, and for certain after the news of it.

    :raises ExportNotFound: if they have no such export
    """
    if shard_of(export_id) != shard_of(user_id):
        raise ExportNotFound
    with writing_for(user_id):
        if not _end(user_id, Export.objects.of(user_id).filter(id=export_id)):
            raise ExportNotFound
    _delete_now(export_id)


def end_all(user_id: int) -> None:
    """Delete all exports of a user, whose account was closed; done again, it does no harm."""
    with writing_for(user_id):
        ended = _end(user_id, Export.objects.of(user_id))
    for export_id in ended:
        _delete_now(export_id)


def end_lost(user_id: int, export_id: int) -> None:
    """Delete an export that has lost its file, and let its user ask for another at once."""
    with writing_for(user_id):
        if _end(user_id, Export.objects.of(user_id).filter(id=export_id, state=READY)):
            Allowance.objects.of(user_id).filter(export_id=export_id).delete()


def end_expired(user_id: int, export_id: int, *, now: datetime) -> bool:
    """Delete an export whose time is over; return whether that was done."""
    with writing_for(user_id):
        rows = Export.objects.of(user_id).filter(id=export_id, expires_at__lte=now)
        return bool(_end(user_id, rows))


def _year_of(new: NewExport, now: datetime) -> int | None:
    """:raises YearUnfit: if there is no such report"""
    if new.kind == "archive":
        if new.year is not None:
            raise YearUnfit(errors=[InputError("/year", "year_unfit", "An archive is of all years.")])
        return None
    year = new.year or now.year
    if not FIRST_YEAR <= year <= now.year:
        raise YearUnfit(errors=[InputError("/year", "year_unfit", f"Send a year up to {now.year}.")])
    return year


def _lock_allowance(user_id: int, kind: int, now: datetime) -> Allowance:
    """
    Return when a user may have another, locked, if that is now.

    :raises ExportTooSoon: if it is later
    """
    Allowance.objects.get_or_create(user_id=user_id, kind=kind, defaults={"free_at": now})
    allowance = Allowance.objects.of(user_id).select_for_update().get(kind=kind)
    if allowance.free_at > now:
        wait = int((allowance.free_at - now).total_seconds()) + 1
        raise ExportTooSoon(
            f"The last one is /v1/exports/{allowance.export_id}; the next may be in {wait} seconds.",
            errors=[InputError("/kind", "export_too_soon", f"/v1/exports/{allowance.export_id}")],
            retry_after=wait,
        )
    return allowance


def _end(user_id: int, rows: ShardedQuerySet[Export]) -> list[int]:
    """Delete rows in the open transaction, and announce it; return which."""
    ids = list(rows.select_for_update().values_list("id", flat=True))
    Export.objects.of(user_id).filter(id__in=ids).delete()
    for export_id in ids:
        outbox.record(ExportEnded(export_id=export_id, user_id=user_id), owner_id=export_id)
    return ids


def _delete_now(export_id: int) -> None:
    """Delete the files of what has ended; if the storage does not answer, who hears of the end does it."""
    try:
        media.delete_downloads(export_id)
    except media.StorageUnavailable:
        log.warning("exports.file_left", export_id=str(export_id))
