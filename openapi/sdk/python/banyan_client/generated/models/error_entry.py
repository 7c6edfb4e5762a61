from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ErrorEntry")


@_attrs_define
class ErrorEntry:
    """An exception in a log: where it was met and of which kind, never what anybody sent.

    Attributes:
        at (datetime.datetime):
        process (str):
        event (str):
        error (str):
        where (str):
        request_id (None | str):
    """

    at: datetime.datetime
    process: str
    event: str
    error: str
    where: str
    request_id: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        process = self.process

        event = self.event

        error = self.error

        where = self.where

        request_id: None | str
        request_id = self.request_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "process": process,
                "event": event,
                "error": error,
                "where": where,
                "request_id": request_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        process = d.pop("process")

        event = d.pop("event")

        error = d.pop("error")

        where = d.pop("where")

        def _parse_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        request_id = _parse_request_id(d.pop("request_id"))

        error_entry = cls(
            at=at,
            process=process,
            event=event,
            error=error,
            where=where,
            request_id=request_id,
        )

        error_entry.additional_properties = d
        return error_entry

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
