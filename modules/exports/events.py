"""
What exports announces: frozen facts, ids alone.

Their owner in the outbox is the export itself, so that the news of one does not wait for another's.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequested:
    """A user wants an export, or somebody began one and did not end it."""

    name: ClassVar[str] = "exports.export_requested.v1"

    export_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProgressed:
    """So much of an export is done, in percent; said once a second at most."""

    name: ClassVar[str] = "exports.export_progressed.v1"

    export_id: int
    user_id: int
    progress: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReady:
    """The file of an export can be downloaded."""

    name: ClassVar[str] = "exports.export_ready.v1"

    export_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFailed:
    """An export will never be made; its row says why."""

    name: ClassVar[str] = "exports.export_failed.v1"

    export_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEnded:
    """An export is gone, by its owner's wish, with the account or by its age; its file has to go as well."""

    name: ClassVar[str] = "exports.export_ended.v1"

    export_id: int
    user_id: int
