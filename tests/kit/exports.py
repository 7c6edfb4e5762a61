"""Exports: asked for as a client does, made, and read."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from modules.exports.models import Export
from modules.exports.schemas import NewExport
from modules.exports.services.making import make_export
from modules.exports.services.requests import request_export
from modules.kernel import clock
from modules.media.storages import media_storage
from tests.kit.people import Person


def ask_for(person: Person, kind: Any = "archive", *, now: datetime | None = None) -> int:
    """Ask for an export; nobody has heard of it yet."""
    return request_export(person.id, NewExport(kind=kind), now=now or clock.now(), once=None).id


def make_archive(person: Person) -> dict[str, Any]:
    """Ask for an archive, make it, and return its documents by name."""
    export_id = ask_for(person)
    make_export(person.id, export_id, now=clock.now())
    return read_archive(export_id)


def export_of(person: Person, export_id: int) -> Export:
    """Return the row of an export, from the primary."""
    return Export.objects.of(person.id).on_primary().get(id=export_id)


def files_of(export_id: int) -> list[str]:
    """Return the keys of an export's files, of all attempts."""
    return media_storage().list_folder(f"downloads/{export_id}/")


def read_file(export_id: int) -> bytes:
    """Return the content of an export's only file."""
    [key] = files_of(export_id)
    return media_storage().read_start(key, 1 << 30)


def read_archive(export_id: int) -> dict[str, Any]:
    """Return what each file of an export's zip says."""
    with zipfile.ZipFile(io.BytesIO(read_file(export_id))) as archive:
        assert archive.testzip() is None
        return {
            name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name).decode()
            for name in archive.namelist()
        }
