from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.edit_profile_custom import EditProfileCustom


T = TypeVar("T", bound="EditProfile")


@_attrs_define
class EditProfile:
    """What to change of one's own profile; what is left out stays as it is.

    Attributes:
        display_name (str | Unset):
        bio (str | Unset):
        custom (EditProfileCustom | Unset):
        hide_counts (bool | Unset): Whether nobody else is shown how many follow and are followed.
    """

    display_name: str | Unset = UNSET
    bio: str | Unset = UNSET
    custom: EditProfileCustom | Unset = UNSET
    hide_counts: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        display_name = self.display_name

        bio = self.bio

        custom: dict[str, Any] | Unset = UNSET
        if not isinstance(self.custom, Unset):
            custom = self.custom.to_dict()

        hide_counts = self.hide_counts

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if display_name is not UNSET:
            field_dict["display_name"] = display_name
        if bio is not UNSET:
            field_dict["bio"] = bio
        if custom is not UNSET:
            field_dict["custom"] = custom
        if hide_counts is not UNSET:
            field_dict["hide_counts"] = hide_counts

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.edit_profile_custom import EditProfileCustom

        d = dict(src_dict)
        display_name = d.pop("display_name", UNSET)

        bio = d.pop("bio", UNSET)

        _custom = d.pop("custom", UNSET)
        custom: EditProfileCustom | Unset
        if isinstance(_custom, Unset):
            custom = UNSET
        else:
            custom = EditProfileCustom.from_dict(_custom)

        hide_counts = d.pop("hide_counts", UNSET)

        edit_profile = cls(
            display_name=display_name,
            bio=bio,
            custom=custom,
            hide_counts=hide_counts,
        )

        return edit_profile
