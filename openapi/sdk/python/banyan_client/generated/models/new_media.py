from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_media_purpose import NewMediaPurpose
from ..models.new_media_type import NewMediaType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_focus import NewFocus


T = TypeVar("T", bound="NewMedia")


@_attrs_define
class NewMedia:
    """A file that is about to be uploaded.

    Attributes:
        type_ (NewMediaType): Its media type.
        bytes_ (int): Its size, which the upload may not exceed.
        purpose (NewMediaPurpose | Unset): What posts show is for whoever may see the post, by addresses that end within
            the hour; avatars and covers are for everybody, by addresses that stay. Default: NewMediaPurpose.POST.
        alt (str | Unset): What can be seen or heard, for people who cannot. Default: ''.
        focus (NewFocus | Unset): What should stay visible where a picture is cut: from 0, left or top, to 1, right or
            bottom.
        sha256 (None | str | Unset): The SHA-256 of the file in hex: what arrives otherwise fails.
    """

    type_: NewMediaType
    bytes_: int
    purpose: NewMediaPurpose | Unset = NewMediaPurpose.POST
    alt: str | Unset = ""
    focus: NewFocus | Unset = UNSET
    sha256: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        bytes_ = self.bytes_

        purpose: str | Unset = UNSET
        if not isinstance(self.purpose, Unset):
            purpose = self.purpose.value

        alt = self.alt

        focus: dict[str, Any] | Unset = UNSET
        if not isinstance(self.focus, Unset):
            focus = self.focus.to_dict()

        sha256: None | str | Unset
        if isinstance(self.sha256, Unset):
            sha256 = UNSET
        else:
            sha256 = self.sha256

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "bytes": bytes_,
            }
        )
        if purpose is not UNSET:
            field_dict["purpose"] = purpose
        if alt is not UNSET:
            field_dict["alt"] = alt
        if focus is not UNSET:
            field_dict["focus"] = focus
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_focus import NewFocus

        d = dict(src_dict)
        type_ = NewMediaType(d.pop("type"))

        bytes_ = d.pop("bytes")

        _purpose = d.pop("purpose", UNSET)
        purpose: NewMediaPurpose | Unset
        if isinstance(_purpose, Unset):
            purpose = UNSET
        else:
            purpose = NewMediaPurpose(_purpose)

        alt = d.pop("alt", UNSET)

        _focus = d.pop("focus", UNSET)
        focus: NewFocus | Unset
        if isinstance(_focus, Unset):
            focus = UNSET
        else:
            focus = NewFocus.from_dict(_focus)

        def _parse_sha256(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sha256 = _parse_sha256(d.pop("sha256", UNSET))

        new_media = cls(
            type_=type_,
            bytes_=bytes_,
            purpose=purpose,
            alt=alt,
            focus=focus,
            sha256=sha256,
        )

        return new_media
