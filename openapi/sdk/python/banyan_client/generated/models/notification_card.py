from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.notification_card_type import NotificationCardType

if TYPE_CHECKING:
    from ..models.notification_actor import NotificationActor
    from ..models.notification_card_data import NotificationCardData


T = TypeVar("T", bound="NotificationCard")


@_attrs_define
class NotificationCard:
    """What happened to one thing of the caller's: one notification, however many people did it.

    It takes in what more of the same happens until it is read, or is a week old; then a new one begins.

        Attributes:
            id (str):
            last_id (str): That of its newest news, and its place in the list: what marks name.
            type_ (NotificationCardType):
            post_id (None | str): The post that it is about, or that mentions the caller; else null.
            actors (list[NotificationActor]): The newest who did it, at most five.
            actor_count (int): How many did it, also those whom the caller has muted since; 0 where nobody did.
            name (None | str): Of `custom`, what the app calls it; of `security`, what was done. Else null.
            data (NotificationCardData): Of `custom`, what the app has to say.
            is_seen (bool):
            is_read (bool):
            created_at (datetime.datetime):
            updated_at (datetime.datetime): When something was last added to it.
    """

    id: str
    last_id: str
    type_: NotificationCardType
    post_id: None | str
    actors: list[NotificationActor]
    actor_count: int
    name: None | str
    data: NotificationCardData
    is_seen: bool
    is_read: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        last_id = self.last_id

        type_ = self.type_.value

        post_id: None | str
        post_id = self.post_id

        actors = []
        for actors_item_data in self.actors:
            actors_item = actors_item_data.to_dict()
            actors.append(actors_item)

        actor_count = self.actor_count

        name: None | str
        name = self.name

        data = self.data.to_dict()

        is_seen = self.is_seen

        is_read = self.is_read

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "last_id": last_id,
                "type": type_,
                "post_id": post_id,
                "actors": actors,
                "actor_count": actor_count,
                "name": name,
                "data": data,
                "is_seen": is_seen,
                "is_read": is_read,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.notification_actor import NotificationActor
        from ..models.notification_card_data import NotificationCardData

        d = dict(src_dict)
        id = d.pop("id")

        last_id = d.pop("last_id")

        type_ = NotificationCardType(d.pop("type"))

        def _parse_post_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        post_id = _parse_post_id(d.pop("post_id"))

        actors = []
        _actors = d.pop("actors")
        for actors_item_data in _actors:
            actors_item = NotificationActor.from_dict(actors_item_data)

            actors.append(actors_item)

        actor_count = d.pop("actor_count")

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        data = NotificationCardData.from_dict(d.pop("data"))

        is_seen = d.pop("is_seen")

        is_read = d.pop("is_read")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        notification_card = cls(
            id=id,
            last_id=last_id,
            type_=type_,
            post_id=post_id,
            actors=actors,
            actor_count=actor_count,
            name=name,
            data=data,
            is_seen=is_seen,
            is_read=is_read,
            created_at=created_at,
            updated_at=updated_at,
        )

        notification_card.additional_properties = d
        return notification_card

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
