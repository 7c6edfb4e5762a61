from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reaction_included_users import ReactionIncludedUsers


T = TypeVar("T", bound="ReactionIncluded")


@_attrs_define
class ReactionIncluded:
    """Who reacted, once each.

    Attributes:
        users (ReactionIncludedUsers):
    """

    users: ReactionIncludedUsers
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        users = self.users.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reaction_included_users import ReactionIncludedUsers

        d = dict(src_dict)
        users = ReactionIncludedUsers.from_dict(d.pop("users"))

        reaction_included = cls(
            users=users,
        )

        reaction_included.additional_properties = d
        return reaction_included

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
