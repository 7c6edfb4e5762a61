from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PartProgress")


@_attrs_define
class PartProgress:
    """How far an issue has gone round some shards.

    Attributes:
        first_shard (int):
        last_shard (int):
        mailed (int):
        passed_over (int):
        is_done (bool):
        moved_at (datetime.datetime):
    """

    first_shard: int
    last_shard: int
    mailed: int
    passed_over: int
    is_done: bool
    moved_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        first_shard = self.first_shard

        last_shard = self.last_shard

        mailed = self.mailed

        passed_over = self.passed_over

        is_done = self.is_done

        moved_at = self.moved_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "first_shard": first_shard,
                "last_shard": last_shard,
                "mailed": mailed,
                "passed_over": passed_over,
                "is_done": is_done,
                "moved_at": moved_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        first_shard = d.pop("first_shard")

        last_shard = d.pop("last_shard")

        mailed = d.pop("mailed")

        passed_over = d.pop("passed_over")

        is_done = d.pop("is_done")

        moved_at = datetime.datetime.fromisoformat(d.pop("moved_at"))

        part_progress = cls(
            first_shard=first_shard,
            last_shard=last_shard,
            mailed=mailed,
            passed_over=passed_over,
            is_done=is_done,
            moved_at=moved_at,
        )

        part_progress.additional_properties = d
        return part_progress

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
