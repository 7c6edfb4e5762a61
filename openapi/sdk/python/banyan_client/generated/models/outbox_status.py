from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.leader import Leader
    from ..models.subscriber_status import SubscriberStatus


T = TypeVar("T", bound="OutboxStatus")


@_attrs_define
class OutboxStatus:
    """The outbox of a database that answers: who relays it, and what waits there.

    Attributes:
        database (str):
        leader (Leader | None):
        recorded (int):
        waiting (int):
        dead (int):
        oldest_seconds (float):
        subscribers (list[SubscriberStatus]):
    """

    database: str
    leader: Leader | None
    recorded: int
    waiting: int
    dead: int
    oldest_seconds: float
    subscribers: list[SubscriberStatus]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.leader import Leader

        database = self.database

        leader: dict[str, Any] | None
        if isinstance(self.leader, Leader):
            leader = self.leader.to_dict()
        else:
            leader = self.leader

        recorded = self.recorded

        waiting = self.waiting

        dead = self.dead

        oldest_seconds = self.oldest_seconds

        subscribers = []
        for subscribers_item_data in self.subscribers:
            subscribers_item = subscribers_item_data.to_dict()
            subscribers.append(subscribers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "database": database,
                "leader": leader,
                "recorded": recorded,
                "waiting": waiting,
                "dead": dead,
                "oldest_seconds": oldest_seconds,
                "subscribers": subscribers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.leader import Leader
        from ..models.subscriber_status import SubscriberStatus

        d = dict(src_dict)
        database = d.pop("database")

        def _parse_leader(data: object) -> Leader | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                leader_type_0 = Leader.from_dict(data)

                return leader_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Leader | None, data)

        leader = _parse_leader(d.pop("leader"))

        recorded = d.pop("recorded")

        waiting = d.pop("waiting")

        dead = d.pop("dead")

        oldest_seconds = d.pop("oldest_seconds")

        subscribers = []
        _subscribers = d.pop("subscribers")
        for subscribers_item_data in _subscribers:
            subscribers_item = SubscriberStatus.from_dict(subscribers_item_data)

            subscribers.append(subscribers_item)

        outbox_status = cls(
            database=database,
            leader=leader,
            recorded=recorded,
            waiting=waiting,
            dead=dead,
            oldest_seconds=oldest_seconds,
            subscribers=subscribers,
        )

        outbox_status.additional_properties = d
        return outbox_status

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
