from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.process_status_kind import ProcessStatusKind
from ..models.process_status_state import ProcessStatusState

T = TypeVar("T", bound="ProcessStatus")


@_attrs_define
class ProcessStatus:
    """A process that was heard of in the last ten minutes, and has not said that it ends.

    Attributes:
        kind (ProcessStatusKind):
        host (str):
        pid (int):
        state (ProcessStatusState): `idle` is heard of and cannot work, as a worker without its broker.
        says (str):
        heard_seconds (float):
        up_seconds (float):
    """

    kind: ProcessStatusKind
    host: str
    pid: int
    state: ProcessStatusState
    says: str
    heard_seconds: float
    up_seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        host = self.host

        pid = self.pid

        state = self.state.value

        says = self.says

        heard_seconds = self.heard_seconds

        up_seconds = self.up_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "host": host,
                "pid": pid,
                "state": state,
                "says": says,
                "heard_seconds": heard_seconds,
                "up_seconds": up_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = ProcessStatusKind(d.pop("kind"))

        host = d.pop("host")

        pid = d.pop("pid")

        state = ProcessStatusState(d.pop("state"))

        says = d.pop("says")

        heard_seconds = d.pop("heard_seconds")

        up_seconds = d.pop("up_seconds")

        process_status = cls(
            kind=kind,
            host=host,
            pid=pid,
            state=state,
            says=says,
            heard_seconds=heard_seconds,
            up_seconds=up_seconds,
        )

        process_status.additional_properties = d
        return process_status

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
