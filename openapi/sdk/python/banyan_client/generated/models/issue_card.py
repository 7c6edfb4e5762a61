from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.issue_card_state import IssueCardState

if TYPE_CHECKING:
    from ..models.section import Section


T = TypeVar("T", bound="IssueCard")


@_attrs_define
class IssueCard:
    """An issue of the newsletter, and how far it has gone round.

    Attributes:
        id (str):
        subject (str):
        sections (list[Section]):
        state (IssueCardState):
        author_id (str):
        created_at (datetime.datetime):
        sent_at (datetime.datetime | None): When it was first sent; null of a draft.
        finished_at (datetime.datetime | None): When its last mail was written; null until then.
        mailed (int): To how many it was mailed.
        passed_over (int): How many want it and have no proven address, or a closed account.
    """

    id: str
    subject: str
    sections: list[Section]
    state: IssueCardState
    author_id: str
    created_at: datetime.datetime
    sent_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    mailed: int
    passed_over: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        subject = self.subject

        sections = []
        for sections_item_data in self.sections:
            sections_item = sections_item_data.to_dict()
            sections.append(sections_item)

        state = self.state.value

        author_id = self.author_id

        created_at = self.created_at.isoformat()

        sent_at: None | str
        if isinstance(self.sent_at, datetime.datetime):
            sent_at = self.sent_at.isoformat()
        else:
            sent_at = self.sent_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        mailed = self.mailed

        passed_over = self.passed_over

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "subject": subject,
                "sections": sections,
                "state": state,
                "author_id": author_id,
                "created_at": created_at,
                "sent_at": sent_at,
                "finished_at": finished_at,
                "mailed": mailed,
                "passed_over": passed_over,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.section import Section

        d = dict(src_dict)
        id = d.pop("id")

        subject = d.pop("subject")

        sections = []
        _sections = d.pop("sections")
        for sections_item_data in _sections:
            sections_item = Section.from_dict(sections_item_data)

            sections.append(sections_item)

        state = IssueCardState(d.pop("state"))

        author_id = d.pop("author_id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_sent_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sent_at_type_0 = datetime.datetime.fromisoformat(data)

                return sent_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        sent_at = _parse_sent_at(d.pop("sent_at"))

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        mailed = d.pop("mailed")

        passed_over = d.pop("passed_over")

        issue_card = cls(
            id=id,
            subject=subject,
            sections=sections,
            state=state,
            author_id=author_id,
            created_at=created_at,
            sent_at=sent_at,
            finished_at=finished_at,
            mailed=mailed,
            passed_over=passed_over,
        )

        issue_card.additional_properties = d
        return issue_card

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
