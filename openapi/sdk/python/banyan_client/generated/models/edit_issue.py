from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_section import NewSection


T = TypeVar("T", bound="EditIssue")


@_attrs_define
class EditIssue:
    """What to change of a draft; what is left out stays as it is.

    Attributes:
        subject (str | Unset):
        sections (list[NewSection] | Unset):
    """

    subject: str | Unset = UNSET
    sections: list[NewSection] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        subject = self.subject

        sections: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.sections, Unset):
            sections = []
            for sections_item_data in self.sections:
                sections_item = sections_item_data.to_dict()
                sections.append(sections_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if subject is not UNSET:
            field_dict["subject"] = subject
        if sections is not UNSET:
            field_dict["sections"] = sections

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_section import NewSection

        d = dict(src_dict)
        subject = d.pop("subject", UNSET)

        _sections = d.pop("sections", UNSET)
        sections: list[NewSection] | Unset = UNSET
        if _sections is not UNSET:
            sections = []
            for sections_item_data in _sections:
                sections_item = NewSection.from_dict(sections_item_data)

                sections.append(sections_item)

        edit_issue = cls(
            subject=subject,
            sections=sections,
        )

        return edit_issue
