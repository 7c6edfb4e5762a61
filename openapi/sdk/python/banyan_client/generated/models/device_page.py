from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.device_card import DeviceCard
    from ..models.device_page_state import DevicePageState
    from ..models.nothing import Nothing


T = TypeVar("T", bound="DevicePage")


@_attrs_define
class DevicePage:
    """The caller's devices, the last registered first: all of them, for there are few.

    Attributes:
        data (list[DeviceCard]):
        included (Nothing): An empty object: what a page includes, or states, when it has nothing to.
        state (DevicePageState):
        next_ (None | str):
        prev (None | str):
        partial (bool): Whether a part of what belongs here cannot be read now; ask again later. Default: False.
        missing (list[str]): The ids of what belongs here and is not in `data`.
    """

    data: list[DeviceCard]
    included: Nothing
    state: DevicePageState
    next_: None | str
    prev: None | str
    missing: list[str]
    partial: bool = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        included = self.included.to_dict()

        state = self.state.to_dict()

        next_: None | str
        next_ = self.next_

        prev: None | str
        prev = self.prev

        partial = self.partial

        missing = self.missing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
                "included": included,
                "state": state,
                "next": next_,
                "prev": prev,
                "partial": partial,
                "missing": missing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.device_card import DeviceCard
        from ..models.device_page_state import DevicePageState
        from ..models.nothing import Nothing

        d = dict(src_dict)
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = DeviceCard.from_dict(data_item_data)

            data.append(data_item)

        included = Nothing.from_dict(d.pop("included"))

        state = DevicePageState.from_dict(d.pop("state"))

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        def _parse_prev(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        prev = _parse_prev(d.pop("prev"))

        partial = d.pop("partial")

        missing = cast(list[str], d.pop("missing"))

        device_page = cls(
            data=data,
            included=included,
            state=state,
            next_=next_,
            prev=prev,
            partial=partial,
            missing=missing,
        )

        device_page.additional_properties = d
        return device_page

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
