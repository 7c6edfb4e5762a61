from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.issue_progress_state import IssueProgressState

if TYPE_CHECKING:
    from ..models.part_progress import PartProgress


T = TypeVar("T", bound="IssueProgress")


@_attrs_define
class IssueProgress:
    """How far an issue has gone round, by shards; nothing of a draft.

    Attributes:
        state (IssueProgressState):
        parts (list[PartProgress]):
    """

    state: IssueProgressState
    parts: list[PartProgress]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.part_progress import PartProgress

        d = dict(src_dict)
        state = IssueProgressState(d.pop("state"))

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = PartProgress.from_dict(parts_item_data)

            parts.append(parts_item)

        issue_progress = cls(
            state=state,
            parts=parts,
        )

        issue_progress.additional_properties = d
        return issue_progress

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
