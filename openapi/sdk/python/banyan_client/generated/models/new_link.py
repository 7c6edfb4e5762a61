from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewLink")


@_attrs_define
class NewLink:
    """A link to what is worth reading.

    Attributes:
        text (str):
        url (str):
    """

    text: str
    url: str

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        url = self.url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        text = d.pop("text")

        url = d.pop("url")

        new_link = cls(
            text=text,
            url=url,
        )

        return new_link
