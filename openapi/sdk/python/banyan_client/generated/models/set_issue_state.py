from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.set_issue_state_state import SetIssueStateState

T = TypeVar("T", bound="SetIssueState")


@_attrs_define
class SetIssueState:
    """What is to become of an issue: sent (again, if it was paused), paused, or called off for good.

    Attributes:
        state (SetIssueStateState):
    """

    state: SetIssueStateState

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        state = SetIssueStateState(d.pop("state"))

        set_issue_state = cls(
            state=state,
        )

        return set_issue_state
