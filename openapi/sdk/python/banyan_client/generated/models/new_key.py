from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.new_key_scopes_item import NewKeyScopesItem
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewKey")


@_attrs_define
class NewKey:
    """A service key to make.

    Attributes:
        name (str):
        scopes (list[NewKeyScopesItem]):
        days (int | Unset): How long it lives. Default: 90.
        may_act_for_users (bool | Unset): Whether it may name a user to act for. Default: False.
    """

    name: str
    scopes: list[NewKeyScopesItem]
    days: int | Unset = 90
    may_act_for_users: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        scopes = []
        for scopes_item_data in self.scopes:
            scopes_item = scopes_item_data.value
            scopes.append(scopes_item)

        days = self.days

        may_act_for_users = self.may_act_for_users

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "scopes": scopes,
            }
        )
        if days is not UNSET:
            field_dict["days"] = days
        if may_act_for_users is not UNSET:
            field_dict["may_act_for_users"] = may_act_for_users

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        scopes = []
        _scopes = d.pop("scopes")
        for scopes_item_data in _scopes:
            scopes_item = NewKeyScopesItem(scopes_item_data)

            scopes.append(scopes_item)

        days = d.pop("days", UNSET)

        may_act_for_users = d.pop("may_act_for_users", UNSET)

        new_key = cls(
            name=name,
            scopes=scopes,
            days=days,
            may_act_for_users=may_act_for_users,
        )

        return new_key
