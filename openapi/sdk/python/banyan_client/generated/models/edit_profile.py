from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.edit_profile_pending import EditProfilePending
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
        avatar_id (None | str | Unset): A picture of one's own, uploaded for this purpose and ready, or null for none.
        cover_id (None | str | Unset): A picture of one's own, uploaded for this purpose and ready, or null for none.
        is_private (bool | Unset): Whether only those follow, and see posts and lists, to whom the user consents.
        pending (EditProfilePending | Unset): With `is_private: false`: what becomes of requests that are open; else
            they stay open.
    """

    display_name: str | Unset = UNSET
    bio: str | Unset = UNSET
    custom: EditProfileCustom | Unset = UNSET
    hide_counts: bool | Unset = UNSET
    avatar_id: None | str | Unset = UNSET
    cover_id: None | str | Unset = UNSET
    is_private: bool | Unset = UNSET
    pending: EditProfilePending | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        display_name = self.display_name

        bio = self.bio

        custom: dict[str, Any] | Unset = UNSET
        if not isinstance(self.custom, Unset):
            custom = self.custom.to_dict()

        hide_counts = self.hide_counts

        avatar_id: None | str | Unset
        if isinstance(self.avatar_id, Unset):
            avatar_id = UNSET
        else:
            avatar_id = self.avatar_id

        cover_id: None | str | Unset
        if isinstance(self.cover_id, Unset):
            cover_id = UNSET
        else:
            cover_id = self.cover_id

        is_private = self.is_private

        pending: str | Unset = UNSET
        if not isinstance(self.pending, Unset):
            pending = self.pending.value

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
        if avatar_id is not UNSET:
            field_dict["avatar_id"] = avatar_id
        if cover_id is not UNSET:
            field_dict["cover_id"] = cover_id
        if is_private is not UNSET:
            field_dict["is_private"] = is_private
        if pending is not UNSET:
            field_dict["pending"] = pending

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

        def _parse_avatar_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        avatar_id = _parse_avatar_id(d.pop("avatar_id", UNSET))

        def _parse_cover_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cover_id = _parse_cover_id(d.pop("cover_id", UNSET))

        is_private = d.pop("is_private", UNSET)

        _pending = d.pop("pending", UNSET)
        pending: EditProfilePending | Unset
        if isinstance(_pending, Unset):
            pending = UNSET
        else:
            pending = EditProfilePending(_pending)

        edit_profile = cls(
            display_name=display_name,
            bio=bio,
            custom=custom,
            hide_counts=hide_counts,
            avatar_id=avatar_id,
            cover_id=cover_id,
            is_private=is_private,
            pending=pending,
        )

        return edit_profile
