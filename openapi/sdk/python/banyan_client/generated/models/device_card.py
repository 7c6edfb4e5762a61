from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_card_kind import DeviceCardKind

T = TypeVar("T", bound="DeviceCard")


@_attrs_define
class DeviceCard:
    """A browser or an app of the caller's; what it is reached by is shown to nobody.

    Attributes:
        id (UUID):
        kind (DeviceCardKind):
        name (str):
        is_current (bool): Whether the session that asks has registered it.
        created_at (datetime.datetime):
        used_at (datetime.datetime): When it was last registered.
    """

    id: UUID
    kind: DeviceCardKind
    name: str
    is_current: bool
    created_at: datetime.datetime
    used_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        kind = self.kind.value

        name = self.name

        is_current = self.is_current

        created_at = self.created_at.isoformat()

        used_at = self.used_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
                "is_current": is_current,
                "created_at": created_at,
                "used_at": used_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        kind = DeviceCardKind(d.pop("kind"))

        name = d.pop("name")

        is_current = d.pop("is_current")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        used_at = datetime.datetime.fromisoformat(d.pop("used_at"))

        device_card = cls(
            id=id,
            kind=kind,
            name=name,
            is_current=is_current,
            created_at=created_at,
            used_at=used_at,
        )

        device_card.additional_properties = d
        return device_card

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
