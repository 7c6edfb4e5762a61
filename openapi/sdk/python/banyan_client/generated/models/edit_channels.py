from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="EditChannels")


@_attrs_define
class EditChannels:
    """What to change of these ways; what is left out stays as it is.

    Attributes:
        in_app (bool | Unset):
        push (bool | Unset):
        mail (bool | Unset):
    """

    in_app: bool | Unset = UNSET
    push: bool | Unset = UNSET
    mail: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        in_app = self.in_app

        push = self.push

        mail = self.mail

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if in_app is not UNSET:
            field_dict["in_app"] = in_app
        if push is not UNSET:
            field_dict["push"] = push
        if mail is not UNSET:
            field_dict["mail"] = mail

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        in_app = d.pop("in_app", UNSET)

        push = d.pop("push", UNSET)

        mail = d.pop("mail", UNSET)

        edit_channels = cls(
            in_app=in_app,
            push=push,
            mail=mail,
        )

        return edit_channels
