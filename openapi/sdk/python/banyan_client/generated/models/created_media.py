from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.created_media_kind import CreatedMediaKind
from ..models.created_media_purpose import CreatedMediaPurpose
from ..models.created_media_state import CreatedMediaState

if TYPE_CHECKING:
    from ..models.focus import Focus
    from ..models.media_variant import MediaVariant
    from ..models.upload import Upload


T = TypeVar("T", bound="CreatedMedia")


@_attrs_define
class CreatedMedia:
    """What was made for a file, and how to upload it.

    Attributes:
        id (str):
        kind (CreatedMediaKind):
        state (CreatedMediaState): `awaiting` its upload, `processing`, `ready` to be shown, or `failed` for good.
        type_ (str): The media type of what was uploaded.
        width (int | None): In pixels, once it is known.
        height (int | None):
        blurhash (None | str): A blur to show meanwhile; see blurha.sh.
        alt (str):
        focus (Focus | None):
        variants (list[MediaVariant]): Its files; none before it is ready.
        purpose (CreatedMediaPurpose):
        bytes_ (int): The size of what was uploaded, as it was announced until then.
        reason (None | str): Why it failed, as a code, or null.
        attached_to (None | str): The post, draft or user that shows it. What nothing shows is deleted after a day.
        created_at (datetime.datetime):
        upload (Upload): How to upload the file: a form of these fields, in this order, and after them the file as
            `file`.
    """

    id: str
    kind: CreatedMediaKind
    state: CreatedMediaState
    type_: str
    width: int | None
    height: int | None
    blurhash: None | str
    alt: str
    focus: Focus | None
    variants: list[MediaVariant]
    purpose: CreatedMediaPurpose
    bytes_: int
    reason: None | str
    attached_to: None | str
    created_at: datetime.datetime
    upload: Upload
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

        purpose = self.purpose.value

        bytes_ = self.bytes_

        reason: None | str
        reason = self.reason

        attached_to: None | str
        attached_to = self.attached_to

        created_at = self.created_at.isoformat()

        upload = self.upload.to_dict()

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
                "purpose": purpose,
                "bytes": bytes_,
                "reason": reason,
                "attached_to": attached_to,
                "created_at": created_at,
                "upload": upload,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.focus import Focus
        from ..models.media_variant import MediaVariant
        from ..models.upload import Upload

        d = dict(src_dict)
        id = d.pop("id")

        kind = CreatedMediaKind(d.pop("kind"))

        state = CreatedMediaState(d.pop("state"))

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

        purpose = CreatedMediaPurpose(d.pop("purpose"))

        bytes_ = d.pop("bytes")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_attached_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        attached_to = _parse_attached_to(d.pop("attached_to"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        upload = Upload.from_dict(d.pop("upload"))

        created_media = cls(
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
            purpose=purpose,
            bytes_=bytes_,
            reason=reason,
            attached_to=attached_to,
            created_at=created_at,
            upload=upload,
        )

        created_media.additional_properties = d
        return created_media

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
