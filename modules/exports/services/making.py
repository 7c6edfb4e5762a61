"""
From a request to a file: in a worker, page by page, for minutes if it must.

Whoever makes an export claims it first, says each second that they are still at it, and writes to a folder
named after the attempt. Whatever dies: the clock has it begun anew when the claim is over, and an attempt
that comes late finds that it is not its own any more, and takes its file away. The local file has no name, so
that nothing of it outlives its process.
"""

import hashlib
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.db.models import F

from modules.accounts import public as accounts
from modules.exports.errors import CannotMake
from modules.exports.events import ExportFailed, ExportProgressed, ExportReady, ExportRequested
from modules.exports.models import Allowance, Export
from modules.exports.schemas import (
    APART_FAILED,
    ARCHIVE,
    FAILED,
    KEPT,
    MAX_BYTES,
    READY,
    REPORT_PDF,
    RUNNING,
    WAITING,
)
from modules.exports.services.archives import write_archive
from modules.exports.services.reports import write_report
from modules.exports.services.requests import HEARD_WITHIN, end_all
from modules.kernel import clock
from modules.media import public as media
from sharding import outages, outbox
from sharding.querysets import ShardedQuerySet
from sharding.scope import writing_for

# What kills its workers thrice does it for ever.
MAX_ATTEMPTS: Final = 3
# How long whoever is at it may say nothing.
CLAIM: Final = timedelta(seconds=60)
# The same while a file of two gigabytes is on its way to the storage, of which nothing is heard.
CLAIM_FOR_UPLOAD: Final = timedelta(minutes=10)
#: How long all of it may take, in seconds: 30,000 posts take four.
TIME_LIMIT: Final = 900
_TELL_AFTER_S: Final = 1.0
# As what the files speak of themselves.
_SERVICE: Final = "Banyan"
_BATCH: Final = 200
_WITHIN_S: Final = 10.0
_TYPES: Final = {
    ARCHIVE: ("archive", "zip", "application/zip"),
    REPORT_PDF: ("report", "pdf", "application/pdf"),
}


class Overtaken(Exception):
    """An export is somebody else's by now, or nobody's."""


class _Pulse:
    """Says how far an export is, and that somebody is at it."""

    def __init__(self, export: Export) -> None:
        """Keep whose attempt it is; the claim has just been made."""
        self._export = export
        self._told_at = time.monotonic()

    def tell(self, progress: int, *, claim: timedelta = CLAIM, at_once: bool = False) -> None:
        """
        Say so, if a second has passed since it was last said.

        :raises Overtaken: if the export is another attempt's, or gone
        """
        if not at_once and time.monotonic() - self._told_at < _TELL_AFTER_S:
            return
        export = self._export
        with writing_for(export.user_id):
            if not _claimed_by(export).update(progress=progress, claimed_until=clock.now() + claim):
                raise Overtaken
            if progress > export.progress:
                export.progress = progress
                event = ExportProgressed(export_id=export.id, user_id=export.user_id, progress=progress)
                outbox.record(event, owner_id=export.id)
        self._told_at = time.monotonic()


def make_export(user_id: int, export_id: int, *, now: datetime) -> None:
    """
    Make an export, unless somebody else is at it, or it is done or gone.

    :raises StorageUnavailable, InstanceUnavailable: if one is away; it is then tried again, as if it never
        was. Whatever else is raised counts as an attempt.
    """
    identity = accounts.map_identities([user_id]).get(user_id)
    if identity is None or not identity.is_active:
        # It was asked for as the account was closed, and whoever ends all exports then did not meet it.
        end_all(user_id)
        return
    if (export := _claim(user_id, export_id, now)) is None:
        return
    try:
        _make(export, now)
    except Overtaken:
        media.delete_download(export.id, export.attempts, file_of(export, now))
    except CannotMake as error:
        _fail(export, error.code)
    except Exception as error:
        is_away = isinstance(error, media.StorageUnavailable) or outages.server_of(error) is not None
        _give_back(export, is_counted=not is_away)
        raise


def resume_exports(*, now: datetime) -> int:
    """Announce again what somebody began to export and did not end, or nobody heard of; return how many."""

    def query(rows: ShardedQuerySet[Export]) -> Any:
        late = rows.filter(claimed_until__lt=now).order_by("claimed_until", "id")
        return late.values("id", "user_id", "claimed_until")[:_BATCH]

    found = Export.objects.everywhere(query, within=_WITHIN_S, on_primary=True).rows
    return sum(_announce_again(row["user_id"], row["id"], now) for row in found)


def file_of(export: Export, now: datetime) -> str:
    """Return the name under which an export is downloaded."""
    name, extension, _ = _TYPES[export.kind]
    when = f"{now:%Y-%m-%d}" if export.year is None else str(export.year)
    return f"banyan-{name}-{when}.{extension}"


def _announce_again(user_id: int, export_id: int, now: datetime) -> bool:
    """
    Let a claim that is over go and announce the export again, unless somebody is at it by now.

    Not again each minute, for many may wait their turn. Who was only slow finds the claim gone, and ends.
    """
    with writing_for(user_id):
        late = Export.objects.of(user_id).filter(id=export_id, claimed_until__lt=now)
        if not late.update(state=WAITING, claimed_until=now + HEARD_WITHIN):
            return False
        outbox.record(ExportRequested(export_id=export_id, user_id=user_id), owner_id=export_id)
    return True


def _claim(user_id: int, export_id: int, now: datetime) -> Export | None:
    """Return what is to be made, claimed, or None; what was tried too often has failed."""
    with writing_for(user_id):
        rows = Export.objects.of(user_id).select_for_update()
        export = rows.filter(id=export_id, state__in=(WAITING, RUNNING)).first()
        if export is None:
            return None
        if export.state == RUNNING and export.claimed_until and export.claimed_until > now:
            return None
        if export.attempts >= MAX_ATTEMPTS:
            _settle_failed(export, "not_made", now)
            return None
        export.attempts, export.state, export.progress = export.attempts + 1, RUNNING, 0
        Export.objects.of(user_id).filter(id=export_id).update(
            attempts=export.attempts, state=RUNNING, progress=0, claimed_until=now + CLAIM
        )
    return export


def _make(export: Export, now: datetime) -> None:
    """Write the file and give it to the storage."""
    pulse = _Pulse(export)
    # Without a name from its beginning: whoever dies leaves nothing of it on the disk.
    with tempfile.TemporaryFile(prefix="banyan-export-") as file:
        _write(export, file, now, pulse)
        file.flush()
        size = file.seek(0, 2)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        pulse.tell(99, claim=CLAIM_FOR_UPLOAD, at_once=True)
        name, type = file_of(export, now), _TYPES[export.kind][2]
        local = Path(f"/proc/self/fd/{file.fileno()}")
        media.store_download(export.id, export.attempts, local, file=name, type=type)
    _finish(export, file=name, bytes=size, sha256=digest)


def _write(export: Export, file: IO[bytes], now: datetime, pulse: _Pulse) -> None:
    """Write what was asked for into a local file."""
    user_id, service = export.user_id, _SERVICE
    if export.year is None:
        write_archive(user_id, file, service=service, now=now, tell=pulse.tell, max_bytes=MAX_BYTES)
    else:
        write_report(user_id, export.year, file, service=service, now=now, tell=pulse.tell)


def _finish(export: Export, *, file: str, bytes: int, sha256: str) -> None:
    """
    Write down that an export is ready if it still is this attempt's, and delete what others have left.

    :raises Overtaken: if it is not
    """
    now = clock.now()
    with writing_for(export.user_id):
        is_ours = _claimed_by(export).update(
            state=READY,
            progress=100,
            claimed_until=None,
            finished_at=now,
            expires_at=now + KEPT,
            file=file,
            bytes=bytes,
            sha256=sha256,
        )
        if not is_ours:
            raise Overtaken
        outbox.record(ExportReady(export_id=export.id, user_id=export.user_id), owner_id=export.id)
    media.delete_downloads(export.id, but_attempt=export.attempts)


def _fail(export: Export, code: str) -> None:
    """Write down that an export cannot be made, if it still is this attempt's."""
    with writing_for(export.user_id):
        if row := _claimed_by(export).select_for_update().first():
            _settle_failed(row, code, clock.now())


def _settle_failed(export: Export, code: str, now: datetime) -> None:
    """Write in the open transaction that an export has failed, let its user ask again, and announce it."""
    Export.objects.of(export.user_id).filter(id=export.id).update(
        state=FAILED, error=code, claimed_until=None, finished_at=now, expires_at=now + KEPT
    )
    allowances = Allowance.objects.of(export.user_id).filter(kind=export.kind, export_id=export.id)
    allowances.update(free_at=now + APART_FAILED)
    outbox.record(ExportFailed(export_id=export.id, user_id=export.user_id), owner_id=export.id)


def _give_back(export: Export, *, is_counted: bool) -> None:
    """Let a claim go, so that whoever hears of it next may begin anew at once."""
    with writing_for(export.user_id):
        _claimed_by(export).update(
            state=WAITING,
            attempts=F("attempts") if is_counted else F("attempts") - 1,
            claimed_until=clock.now() + HEARD_WITHIN,
        )


def _claimed_by(export: Export) -> ShardedQuerySet[Export]:
    """Return the row of an export if it still is this attempt's."""
    rows = Export.objects.of(export.user_id)
    return rows.filter(id=export.id, state=RUNNING, attempts=export.attempts)
