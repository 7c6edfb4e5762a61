from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.new_section import NewSection


T = TypeVar("T", bound="NewIssue")


@_attrs_define
class NewIssue:
    """An issue of the newsletter. All of it is plain text; what looks like HTML is shown as it stands.

    Attributes:
        subject (str):
        sections (list[NewSection]):
    """

    subject: str
    sections: list[NewSection]

    def to_dict(self) -> dict[str, Any]:
        subject = self.subject

        sections = []
        for sections_item_data in self.sections:
            sections_item = sections_item_data.to_dict()
            sections.append(sections_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "subject": subject,
                "sections": sections,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.new_section import NewSection

        d = dict(src_dict)
        subject = d.pop("subject")

        sections = []
        _sections = d.pop("sections")
        for sections_item_data in _sections:
            sections_item = NewSection.from_dict(sections_item_data)

            sections.append(sections_item)

        new_issue = cls(
            subject=subject,
            sections=sections,
        )

        return new_issue
