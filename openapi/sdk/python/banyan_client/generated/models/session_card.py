from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionCard")


@_attrs_define
class SessionCard:
    """Where a user is logged in; the address of IPv6 is that of its network.

    Attributes:
        id (str):
        is_current (bool):
        user_agent (str):
        address (str):
        created_at (datetime.datetime):
        last_seen_at (datetime.datetime):
        expires_at (datetime.datetime):
    """

    id: str
    is_current: bool
    user_agent: str
    address: str
    created_at: datetime.datetime
    last_seen_at: datetime.datetime
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        is_current = self.is_current

        user_agent = self.user_agent

        address = self.address

        created_at = self.created_at.isoformat()

        last_seen_at = self.last_seen_at.isoformat()

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "is_current": is_current,
                "user_agent": user_agent,
                "address": address,
                "created_at": created_at,
                "last_seen_at": last_seen_at,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id")

        is_current = d.pop("is_current")

        user_agent = d.pop("user_agent")

        address = d.pop("address")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        last_seen_at = datetime.datetime.fromisoformat(d.pop("last_seen_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        session_card = cls(
            id=id,
            is_current=is_current,
            user_agent=user_agent,
            address=address,
            created_at=created_at,
            last_seen_at=last_seen_at,
            expires_at=expires_at,
        )

        session_card.additional_properties = d
        return session_card

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
