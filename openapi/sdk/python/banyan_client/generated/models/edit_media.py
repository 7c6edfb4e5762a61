from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_focus import NewFocus


T = TypeVar("T", bound="EditMedia")


@_attrs_define
class EditMedia:
    """What to change of one's own media; what is left out stays as it is.

    Attributes:
        alt (str | Unset): What can be seen or heard, for people who cannot.
        focus (NewFocus | Unset): What should stay visible where a picture is cut: from 0, left or top, to 1, right or
            bottom.
    """

    alt: str | Unset = UNSET
    focus: NewFocus | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        alt = self.alt

        focus: dict[str, Any] | Unset = UNSET
        if not isinstance(self.focus, Unset):
            focus = self.focus.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if alt is not UNSET:
            field_dict["alt"] = alt
        if focus is not UNSET:
            field_dict["focus"] = focus

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_focus import NewFocus

        d = dict(src_dict)
        alt = d.pop("alt", UNSET)

        _focus = d.pop("focus", UNSET)
        focus: NewFocus | Unset
        if isinstance(_focus, Unset):
            focus = UNSET
        else:
            focus = NewFocus.from_dict(_focus)

        edit_media = cls(
            alt=alt,
            focus=focus,
        )

        return edit_media
