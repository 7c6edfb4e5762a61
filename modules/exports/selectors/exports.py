"""Exports as their owners see them."""

from datetime import datetime, timedelta
from operator import attrgetter

from modules.exports.errors import ExportNotFound
from modules.exports.models import Export
from modules.exports.schemas import KINDS, LINK, READY, STATES, Download, ExportCard, ExportPage
from modules.exports.schemas import Export as ExportShape
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.media import public as media
from sharding.ids import shard_of


def list_exports(user_id: int, paging: Paging) -> ExportPage:
    """Return a page of a user's exports, newest first; where their files are, each says by itself."""
    page = keyset.page(Export.objects.of(user_id), paging, "id", at=attrgetter("id"))
    return ExportPage.plain([to_card(row) for row in page.rows], next=page.next, prev=page.prev)


def get_export(user_id: int, export_id: int, *, with_address: bool, now: datetime) -> ExportShape:
    """
    Return one of a user's exports, with an address of its file that holds from now on, or without.

    :raises ExportNotFound: if they have no such export
    """
    row = None
    if shard_of(export_id) == shard_of(user_id):
        row = Export.objects.of(user_id).filter(id=export_id).first()
    if row is None:
        raise ExportNotFound
    return ExportShape(**dict(to_card(row)), download=_to_download(row, now) if with_address else None)


def to_card(row: Export) -> ExportCard:
    """Return the card of a row."""
    return ExportCard(
        id=row.id,
        kind=KINDS[row.kind],
        year=row.year,
        state=STATES[row.state],
        progress=row.progress,
        error=row.error or None,
        created_at=row.created_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
        file=row.file or None,
        bytes=row.bytes,
        sha256=row.sha256 or None,
    )


def _to_download(row: Export, now: datetime) -> Download | None:
    """Return an address that ends soon, and never later than the file; of what has expired there is none."""
    if row.state != READY or row.expires_at is None or row.expires_at <= now:
        return None
    seconds = max(1, int(min(LINK, row.expires_at - now).total_seconds()))
    url = media.sign_download(row.id, row.attempts, row.file, since=now, seconds=seconds)
    # A signature is of whole seconds.
    return Download(url=url, expires_at=now.replace(microsecond=0) + timedelta(seconds=seconds))
