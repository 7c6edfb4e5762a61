from __future__ import annotations

from enum import StrEnum


class ListNotificationsType(StrEnum):
    CUSTOM = "custom"
    FOLLOW = "follow"
    FOLLOW_ACCEPTED = "follow_accepted"
    FOLLOW_REQUEST = "follow_request"
    MENTION = "mention"
    POST_PUBLISHED = "post_published"
    QUOTE = "quote"
    REACTION = "reaction"
    REPLY = "reply"
    REPOST = "repost"
    SECURITY = "security"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> ListNotificationsType | None:
        """Keep a value that a newer API answers as the text it is."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = value, value
        return unknown
