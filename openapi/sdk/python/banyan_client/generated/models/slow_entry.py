from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SlowEntry")


@_attrs_define
class SlowEntry:
    """A request that took half a second or longer.

    Attributes:
        at (datetime.datetime):
        process (str):
        operation (str):
        status (int):
        milliseconds (float):
        request_id (str):
    """

    at: datetime.datetime
    process: str
    operation: str
    status: int
    milliseconds: float
    request_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        process = self.process

        operation = self.operation

        status = self.status

        milliseconds = self.milliseconds

        request_id = self.request_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "process": process,
                "operation": operation,
                "status": status,
                "milliseconds": milliseconds,
                "request_id": request_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        process = d.pop("process")

        operation = d.pop("operation")

        status = d.pop("status")

        milliseconds = d.pop("milliseconds")

        request_id = d.pop("request_id")

        slow_entry = cls(
            at=at,
            process=process,
            operation=operation,
            status=status,
            milliseconds=milliseconds,
            request_id=request_id,
        )

        slow_entry.additional_properties = d
        return slow_entry

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
