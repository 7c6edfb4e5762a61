from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.focus import Focus
    from ..models.picture_urls import PictureUrls


T = TypeVar("T", bound="Picture")


@_attrs_define
class Picture:
    """An avatar or a cover, for everybody; its addresses stay until another takes its place.

    Attributes:
        media_id (str):
        alt (str):
        focus (Focus | None):
        blurhash (None | str):
        urls (PictureUrls): By size: `thumb`, `feed`, `full`.
    """

    media_id: str
    alt: str
    focus: Focus | None
    blurhash: None | str
    urls: PictureUrls
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.focus import Focus

        media_id = self.media_id

        alt = self.alt

        focus: dict[str, Any] | None
        if isinstance(self.focus, Focus):
            focus = self.focus.to_dict()
        else:
            focus = self.focus

        blurhash: None | str
        blurhash = self.blurhash

        urls = self.urls.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "media_id": media_id,
                "alt": alt,
                "focus": focus,
                "blurhash": blurhash,
                "urls": urls,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.focus import Focus
        from ..models.picture_urls import PictureUrls

        d = dict(src_dict)
        media_id = d.pop("media_id")

        alt = d.pop("alt")

        def _parse_focus(data: object) -> Focus | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                focus_type_0 = Focus.from_dict(data)

                return focus_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Focus | None, data)

        focus = _parse_focus(d.pop("focus"))

        def _parse_blurhash(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        blurhash = _parse_blurhash(d.pop("blurhash"))

        urls = PictureUrls.from_dict(d.pop("urls"))

        picture = cls(
            media_id=media_id,
            alt=alt,
            focus=focus,
            blurhash=blurhash,
            urls=urls,
        )

        picture.additional_properties = d
        return picture

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
