from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.export_error_type_0 import ExportErrorType0
from ..models.export_kind import ExportKind
from ..models.export_state import ExportState

if TYPE_CHECKING:
    from ..models.download import Download


T = TypeVar("T", bound="Export")


@_attrs_define
class Export:
    """One of the caller's exports, with the address of its file.

    Attributes:
        id (str):
        kind (ExportKind):
        year (int | None): Of which year a report is.
        state (ExportState): `waiting` for its turn, `running`, `ready` to be downloaded, or `failed` for good.
        progress (int): How much of it is done, in percent.
        error (ExportErrorType0 | None): Why it failed: `too_large` (more than 2 GiB), or `not_made`, however often
            tried.
        created_at (datetime.datetime):
        finished_at (datetime.datetime | None):
        expires_at (datetime.datetime | None): When it and its file are deleted.
        file (None | str): The name of the file.
        bytes_ (int | None): The size of the file.
        sha256 (None | str): The digest of the file.
        download (Download | None): Of an export that is ready, for a user who has shown within minutes who they are.
    """

    id: str
    kind: ExportKind
    year: int | None
    state: ExportState
    progress: int
    error: ExportErrorType0 | None
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    expires_at: datetime.datetime | None
    file: None | str
    bytes_: int | None
    sha256: None | str
    download: Download | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.download import Download

        id = self.id

        kind = self.kind.value

        year: int | None
        year = self.year

        state = self.state.value

        progress = self.progress

        error: None | str
        if isinstance(self.error, ExportErrorType0):
            error = self.error.value
        else:
            error = self.error

        created_at = self.created_at.isoformat()

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        file: None | str
        file = self.file

        bytes_: int | None
        bytes_ = self.bytes_

        sha256: None | str
        sha256 = self.sha256

        download: dict[str, Any] | None
        if isinstance(self.download, Download):
            download = self.download.to_dict()
        else:
            download = self.download

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "year": year,
                "state": state,
                "progress": progress,
                "error": error,
                "created_at": created_at,
                "finished_at": finished_at,
                "expires_at": expires_at,
                "file": file,
                "bytes": bytes_,
                "sha256": sha256,
                "download": download,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.download import Download

        d = dict(src_dict)
        id = d.pop("id")

        kind = ExportKind(d.pop("kind"))

        def _parse_year(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        year = _parse_year(d.pop("year"))

        state = ExportState(d.pop("state"))

        progress = d.pop("progress")

        def _parse_error(data: object) -> ExportErrorType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                error_type_0 = ExportErrorType0(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ExportErrorType0 | None, data)

        error = _parse_error(d.pop("error"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_file(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        file = _parse_file(d.pop("file"))

        def _parse_bytes_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        bytes_ = _parse_bytes_(d.pop("bytes"))

        def _parse_sha256(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sha256 = _parse_sha256(d.pop("sha256"))

        def _parse_download(data: object) -> Download | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                download_type_0 = Download.from_dict(data)

                return download_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Download | None, data)

        download = _parse_download(d.pop("download"))

        export = cls(
            id=id,
            kind=kind,
            year=year,
            state=state,
            progress=progress,
            error=error,
            created_at=created_at,
            finished_at=finished_at,
            expires_at=expires_at,
            file=file,
            bytes_=bytes_,
            sha256=sha256,
            download=download,
        )

        export.additional_properties = d
        return export

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
