from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_export_kind import NewExportKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewExport")


@_attrs_define
class NewExport:
    """What to export.

    Attributes:
        kind (NewExportKind): `archive`: all that is the caller's, as JSON documents in a zip. `report_pdf`: a year of
            theirs, as a PDF.
        year (int | None | Unset): Of which year a report is, in UTC; without it, of this one. An archive has none.
    """

    kind: NewExportKind
    year: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        year: int | None | Unset
        if isinstance(self.year, Unset):
            year = UNSET
        else:
            year = self.year

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
            }
        )
        if year is not UNSET:
            field_dict["year"] = year

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = NewExportKind(d.pop("kind"))

        def _parse_year(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        year = _parse_year(d.pop("year", UNSET))

        new_export = cls(
            kind=kind,
            year=year,
        )

        return new_export
