from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_link import NewLink


T = TypeVar("T", bound="NewSection")


@_attrs_define
class NewSection:
    """A part of an issue, shown in this order; what is left out is not there.

    Attributes:
        heading (str | Unset):  Default: ''.
        paragraphs (list[str] | Unset):
        links (list[NewLink] | Unset):
        post_ids (list[str] | Unset): Posts to show: to whom may see them when it is mailed, and does not mute their
            authors.
    """

    heading: str | Unset = ""
    paragraphs: list[str] | Unset = UNSET
    links: list[NewLink] | Unset = UNSET
    post_ids: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        heading = self.heading

        paragraphs: list[str] | Unset = UNSET
        if not isinstance(self.paragraphs, Unset):
            paragraphs = self.paragraphs

        links: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.links, Unset):
            links = []
            for links_item_data in self.links:
                links_item = links_item_data.to_dict()
                links.append(links_item)

        post_ids: list[str] | Unset = UNSET
        if not isinstance(self.post_ids, Unset):
            post_ids = self.post_ids

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if heading is not UNSET:
            field_dict["heading"] = heading
        if paragraphs is not UNSET:
            field_dict["paragraphs"] = paragraphs
        if links is not UNSET:
            field_dict["links"] = links
        if post_ids is not UNSET:
            field_dict["post_ids"] = post_ids

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_link import NewLink

        d = dict(src_dict)
        heading = d.pop("heading", UNSET)

        paragraphs = cast(list[str], d.pop("paragraphs", UNSET))

        _links = d.pop("links", UNSET)
        links: list[NewLink] | Unset = UNSET
        if _links is not UNSET:
            links = []
            for links_item_data in _links:
                links_item = NewLink.from_dict(links_item_data)

                links.append(links_item)

        post_ids = cast(list[str], d.pop("post_ids", UNSET))

        new_section = cls(
            heading=heading,
            paragraphs=paragraphs,
            links=links,
            post_ids=post_ids,
        )

        return new_section
