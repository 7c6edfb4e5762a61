from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Channels")


@_attrs_define
class Channels:
    """By which ways a type of notification comes; without `in_app` it comes by none.

    Attributes:
        in_app (bool):
        push (bool):
        mail (bool):
    """

    in_app: bool
    push: bool
    mail: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        in_app = self.in_app

        push = self.push

        mail = self.mail

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "in_app": in_app,
                "push": push,
                "mail": mail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        in_app = d.pop("in_app")

        push = d.pop("push")

        mail = d.pop("mail")

        channels = cls(
            in_app=in_app,
            push=push,
            mail=mail,
        )

        channels.additional_properties = d
        return channels

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
