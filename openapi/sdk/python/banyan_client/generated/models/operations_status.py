from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.operations_status_broker import OperationsStatusBroker

if TYPE_CHECKING:
    from ..models.beat_status import BeatStatus
    from ..models.database_status import DatabaseStatus
    from ..models.error_entry import ErrorEntry
    from ..models.outbox_status import OutboxStatus
    from ..models.process_status import ProcessStatus
    from ..models.queue_status import QueueStatus
    from ..models.redis_status import RedisStatus
    from ..models.slow_entry import SlowEntry


T = TypeVar("T", bound="OperationsStatus")


@_attrs_define
class OperationsStatus:
    """The whole system, as one look found it; looks are shared, so that ten who watch cost what one does.

    What processes say of themselves is null or empty while the directory's Redis is away: it lies there.

        Attributes:
            looked_at (datetime.datetime):
            took_ms (float):
            is_well (bool):
            troubles (list[str]):
            databases (list[DatabaseStatus]):
            outboxes (list[OutboxStatus]):
            redis (list[RedisStatus]):
            broker (OperationsStatusBroker):
            queues (list[QueueStatus]):
            processes (list[ProcessStatus]):
            beat (BeatStatus): When the clock ticked last, whichever process it was; null if not within a week.
            errors (list[ErrorEntry]): The last twenty, newest first.
            slow (list[SlowEntry]): The last twenty, newest first.
    """

    looked_at: datetime.datetime
    took_ms: float
    is_well: bool
    troubles: list[str]
    databases: list[DatabaseStatus]
    outboxes: list[OutboxStatus]
    redis: list[RedisStatus]
    broker: OperationsStatusBroker
    queues: list[QueueStatus]
    processes: list[ProcessStatus]
    beat: BeatStatus
    errors: list[ErrorEntry]
    slow: list[SlowEntry]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        looked_at = self.looked_at.isoformat()

        took_ms = self.took_ms

        is_well = self.is_well

        troubles = self.troubles

        databases = []
        for databases_item_data in self.databases:
            databases_item = databases_item_data.to_dict()
            databases.append(databases_item)

        outboxes = []
        for outboxes_item_data in self.outboxes:
            outboxes_item = outboxes_item_data.to_dict()
            outboxes.append(outboxes_item)

        redis = []
        for redis_item_data in self.redis:
            redis_item = redis_item_data.to_dict()
            redis.append(redis_item)

        broker = self.broker.value

        queues = []
        for queues_item_data in self.queues:
            queues_item = queues_item_data.to_dict()
            queues.append(queues_item)

        processes = []
        for processes_item_data in self.processes:
            processes_item = processes_item_data.to_dict()
            processes.append(processes_item)

        beat = self.beat.to_dict()

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        slow = []
        for slow_item_data in self.slow:
            slow_item = slow_item_data.to_dict()
            slow.append(slow_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "looked_at": looked_at,
                "took_ms": took_ms,
                "is_well": is_well,
                "troubles": troubles,
                "databases": databases,
                "outboxes": outboxes,
                "redis": redis,
                "broker": broker,
                "queues": queues,
                "processes": processes,
                "beat": beat,
                "errors": errors,
                "slow": slow,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.beat_status import BeatStatus
        from ..models.database_status import DatabaseStatus
        from ..models.error_entry import ErrorEntry
        from ..models.outbox_status import OutboxStatus
        from ..models.process_status import ProcessStatus
        from ..models.queue_status import QueueStatus
        from ..models.redis_status import RedisStatus
        from ..models.slow_entry import SlowEntry

        d = dict(src_dict)
        looked_at = datetime.datetime.fromisoformat(d.pop("looked_at"))

        took_ms = d.pop("took_ms")

        is_well = d.pop("is_well")

        troubles = cast(list[str], d.pop("troubles"))

        databases = []
        _databases = d.pop("databases")
        for databases_item_data in _databases:
            databases_item = DatabaseStatus.from_dict(databases_item_data)

            databases.append(databases_item)

        outboxes = []
        _outboxes = d.pop("outboxes")
        for outboxes_item_data in _outboxes:
            outboxes_item = OutboxStatus.from_dict(outboxes_item_data)

            outboxes.append(outboxes_item)

        redis = []
        _redis = d.pop("redis")
        for redis_item_data in _redis:
            redis_item = RedisStatus.from_dict(redis_item_data)

            redis.append(redis_item)

        broker = OperationsStatusBroker(d.pop("broker"))

        queues = []
        _queues = d.pop("queues")
        for queues_item_data in _queues:
            queues_item = QueueStatus.from_dict(queues_item_data)

            queues.append(queues_item)

        processes = []
        _processes = d.pop("processes")
        for processes_item_data in _processes:
            processes_item = ProcessStatus.from_dict(processes_item_data)

            processes.append(processes_item)

        beat = BeatStatus.from_dict(d.pop("beat"))

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = ErrorEntry.from_dict(errors_item_data)

            errors.append(errors_item)

        slow = []
        _slow = d.pop("slow")
        for slow_item_data in _slow:
            slow_item = SlowEntry.from_dict(slow_item_data)

            slow.append(slow_item)

        operations_status = cls(
            looked_at=looked_at,
            took_ms=took_ms,
            is_well=is_well,
            troubles=troubles,
            databases=databases,
            outboxes=outboxes,
            redis=redis,
            broker=broker,
            queues=queues,
            processes=processes,
            beat=beat,
            errors=errors,
            slow=slow,
        )

        operations_status.additional_properties = d
        return operations_status

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
