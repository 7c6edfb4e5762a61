from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewMarks")


@_attrs_define
class NewMarks:
    """How far the caller has seen or read; what is left out stays, and nothing moves back.

    Attributes:
        seen_up_to (None | str | Unset): The `last_id` of the newest notification that was seen.
        read_up_to (None | str | Unset): The `last_id` of the newest that was read; what is read is seen.
    """

    seen_up_to: None | str | Unset = UNSET
    read_up_to: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        seen_up_to: None | str | Unset
        if isinstance(self.seen_up_to, Unset):
            seen_up_to = UNSET
        else:
            seen_up_to = self.seen_up_to

        read_up_to: None | str | Unset
        if isinstance(self.read_up_to, Unset):
            read_up_to = UNSET
        else:
            read_up_to = self.read_up_to

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if seen_up_to is not UNSET:
            field_dict["seen_up_to"] = seen_up_to
        if read_up_to is not UNSET:
            field_dict["read_up_to"] = read_up_to

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_seen_up_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        seen_up_to = _parse_seen_up_to(d.pop("seen_up_to", UNSET))

        def _parse_read_up_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        read_up_to = _parse_read_up_to(d.pop("read_up_to", UNSET))

        new_marks = cls(
            seen_up_to=seen_up_to,
            read_up_to=read_up_to,
        )

        return new_marks
