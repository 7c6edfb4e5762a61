from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

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
        focus (NewFocus | None | Unset):
    """

    alt: str | Unset = UNSET
    focus: NewFocus | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_focus import NewFocus

        alt = self.alt

        focus: dict[str, Any] | None | Unset
        if isinstance(self.focus, Unset):
            focus = UNSET
        elif isinstance(self.focus, NewFocus):
            focus = self.focus.to_dict()
        else:
            focus = self.focus

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

        def _parse_focus(data: object) -> NewFocus | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                focus_type_0 = NewFocus.from_dict(data)

                return focus_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewFocus | None | Unset, data)

        focus = _parse_focus(d.pop("focus", UNSET))

        edit_media = cls(
            alt=alt,
            focus=focus,
        )

        return edit_media
