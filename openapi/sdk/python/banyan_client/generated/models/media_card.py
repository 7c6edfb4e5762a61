from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.media_card_kind import MediaCardKind
from ..models.media_card_state import MediaCardState

if TYPE_CHECKING:
    from ..models.focus import Focus
    from ..models.media_variant import MediaVariant


T = TypeVar("T", bound="MediaCard")


@_attrs_define
class MediaCard:
    """An image or a video as everyone sees it who may see what it belongs to.

    Attributes:
        id (str):
        kind (MediaCardKind):
        state (MediaCardState): `awaiting` its upload, `processing`, `ready` to be shown, or `failed` for good.
        type_ (str): The media type of what was uploaded.
        width (int | None): In pixels, once it is known.
        height (int | None):
        blurhash (None | str): A blur to show meanwhile; see blurha.sh.
        alt (str):
        focus (Focus | None):
        variants (list[MediaVariant]): Its files; none before it is ready.
    """

    id: str
    kind: MediaCardKind
    state: MediaCardState
    type_: str
    width: int | None
    height: int | None
    blurhash: None | str
    alt: str
    focus: Focus | None
    variants: list[MediaVariant]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.focus import Focus

        id = self.id

        kind = self.kind.value

        state = self.state.value

        type_ = self.type_

        width: int | None
        width = self.width

        height: int | None
        height = self.height

        blurhash: None | str
        blurhash = self.blurhash

        alt = self.alt

        focus: dict[str, Any] | None
        if isinstance(self.focus, Focus):
            focus = self.focus.to_dict()
        else:
            focus = self.focus

        variants = []
        for variants_item_data in self.variants:
            variants_item = variants_item_data.to_dict()
            variants.append(variants_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "state": state,
                "type": type_,
                "width": width,
                "height": height,
                "blurhash": blurhash,
                "alt": alt,
                "focus": focus,
                "variants": variants,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.focus import Focus
        from ..models.media_variant import MediaVariant

        d = dict(src_dict)
        id = d.pop("id")

        kind = MediaCardKind(d.pop("kind"))

        state = MediaCardState(d.pop("state"))

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

        def _parse_blurhash(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        blurhash = _parse_blurhash(d.pop("blurhash"))

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

        variants = []
        _variants = d.pop("variants")
        for variants_item_data in _variants:
            variants_item = MediaVariant.from_dict(variants_item_data)

            variants.append(variants_item)

        media_card = cls(
            id=id,
            kind=kind,
            state=state,
            type_=type_,
            width=width,
            height=height,
            blurhash=blurhash,
            alt=alt,
            focus=focus,
            variants=variants,
        )

        media_card.additional_properties = d
        return media_card

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
