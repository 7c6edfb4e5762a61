from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="FollowOptions")


@_attrs_define
class FollowOptions:
    """What a follower wants of whom they follow; what is left out stays as it is.

    Attributes:
        notify (bool | Unset): Whether to be told of each of their posts.
        reposts (bool | Unset): Whether to see what they repost.
    """

    notify: bool | Unset = UNSET
    reposts: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        notify = self.notify

        reposts = self.reposts

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if notify is not UNSET:
            field_dict["notify"] = notify
        if reposts is not UNSET:
            field_dict["reposts"] = reposts

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        notify = d.pop("notify", UNSET)

        reposts = d.pop("reposts", UNSET)

        follow_options = cls(
            notify=notify,
            reposts=reposts,
        )

        return follow_options
