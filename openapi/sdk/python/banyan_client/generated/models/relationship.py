from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Relationship")


@_attrs_define
class Relationship:
    """How the caller and one other user stand.

    Who is `requested` has yet to consent, and is not followed; `notify` and `reposts` are the caller's
    options of following or asking, and false where they do neither.

        Attributes:
            user_id (str):
            following (bool):
            followed_by (bool):
            requested (bool):
            requested_by (bool):
            notify (bool):
            reposts (bool):
            blocking (bool):
            muting (bool):
            muted_until (datetime.datetime | None): When the mute ends; null if nothing ends it.
    """

    user_id: str
    following: bool
    followed_by: bool
    requested: bool
    requested_by: bool
    notify: bool
    reposts: bool
    blocking: bool
    muting: bool
    muted_until: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        following = self.following

        followed_by = self.followed_by

        requested = self.requested

        requested_by = self.requested_by

        notify = self.notify

        reposts = self.reposts

        blocking = self.blocking

        muting = self.muting

        muted_until: None | str
        if isinstance(self.muted_until, datetime.datetime):
            muted_until = self.muted_until.isoformat()
        else:
            muted_until = self.muted_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_id": user_id,
                "following": following,
                "followed_by": followed_by,
                "requested": requested,
                "requested_by": requested_by,
                "notify": notify,
                "reposts": reposts,
                "blocking": blocking,
                "muting": muting,
                "muted_until": muted_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        user_id = d.pop("user_id")

        following = d.pop("following")

        followed_by = d.pop("followed_by")

        requested = d.pop("requested")

        requested_by = d.pop("requested_by")

        notify = d.pop("notify")

        reposts = d.pop("reposts")

        blocking = d.pop("blocking")

        muting = d.pop("muting")

        def _parse_muted_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                muted_until_type_0 = datetime.datetime.fromisoformat(data)

                return muted_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        muted_until = _parse_muted_until(d.pop("muted_until"))

        relationship = cls(
            user_id=user_id,
            following=following,
            followed_by=followed_by,
            requested=requested,
            requested_by=requested_by,
            notify=notify,
            reposts=reposts,
            blocking=blocking,
            muting=muting,
            muted_until=muted_until,
        )

        relationship.additional_properties = d
        return relationship

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
