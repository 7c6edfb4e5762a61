from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.deletion_view_state import DeletionViewState

if TYPE_CHECKING:
    from ..models.place import Place


T = TypeVar("T", bound="DeletionView")


@_attrs_define
class DeletionView:
    """What becomes of an account whose user closed it.

    It is `planned` till no log-in can take it back any more, `erasing`, and `erased` when nothing is left.

        Attributes:
            state (DeletionViewState):
            delete_after (datetime.datetime | None):
            begun_at (datetime.datetime | None):
            finished_at (datetime.datetime | None):
            receipts (list[Place]):
    """

    state: DeletionViewState
    delete_after: datetime.datetime | None
    begun_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    receipts: list[Place]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state.value

        delete_after: None | str
        if isinstance(self.delete_after, datetime.datetime):
            delete_after = self.delete_after.isoformat()
        else:
            delete_after = self.delete_after

        begun_at: None | str
        if isinstance(self.begun_at, datetime.datetime):
            begun_at = self.begun_at.isoformat()
        else:
            begun_at = self.begun_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        receipts = []
        for receipts_item_data in self.receipts:
            receipts_item = receipts_item_data.to_dict()
            receipts.append(receipts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "delete_after": delete_after,
                "begun_at": begun_at,
                "finished_at": finished_at,
                "receipts": receipts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.place import Place

        d = dict(src_dict)
        state = DeletionViewState(d.pop("state"))

        def _parse_delete_after(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delete_after_type_0 = datetime.datetime.fromisoformat(data)

                return delete_after_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        delete_after = _parse_delete_after(d.pop("delete_after"))

        def _parse_begun_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                begun_at_type_0 = datetime.datetime.fromisoformat(data)

                return begun_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        begun_at = _parse_begun_at(d.pop("begun_at"))

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

        receipts = []
        _receipts = d.pop("receipts")
        for receipts_item_data in _receipts:
            receipts_item = Place.from_dict(receipts_item_data)

            receipts.append(receipts_item)

        deletion_view = cls(
            state=state,
            delete_after=delete_after,
            begun_at=begun_at,
            finished_at=finished_at,
            receipts=receipts,
        )

        deletion_view.additional_properties = d
        return deletion_view

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
