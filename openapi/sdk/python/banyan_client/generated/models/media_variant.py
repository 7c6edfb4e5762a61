from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MediaVariant")


@_attrs_define
class MediaVariant:
    """One file of it. Its content never changes under its address.

    Attributes:
        name (str): `thumb`, `feed` and `full` of an image, `original` of a video.
        type_ (str):
        width (int | None):
        height (int | None):
        bytes_ (int):
        url (str): Where it is. Of a post's media the address ends between 30 and 60 minutes from now: read the post
            again for a new one.
    """

    name: str
    type_: str
    width: int | None
    height: int | None
    bytes_: int
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        type_ = self.type_

        width: int | None
        width = self.width

        height: int | None
        height = self.height

        bytes_ = self.bytes_

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "type": type_,
                "width": width,
                "height": height,
                "bytes": bytes_,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        type_ = d.pop("type")

        def _parse_width(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        width = _parse_width(d.pop("width"))

        def _parse_height(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        height = _parse_height(d.pop("height"))

        bytes_ = d.pop("bytes")

        url = d.pop("url")

        media_variant = cls(
            name=name,
            type_=type_,
            width=width,
            height=height,
            bytes_=bytes_,
            url=url,
        )

        media_variant.additional_properties = d
        return media_variant

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
