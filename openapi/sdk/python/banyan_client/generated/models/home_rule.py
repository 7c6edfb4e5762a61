from __future__ import annotations

from enum import StrEnum


class HomeRule(StrEnum):
    FOR_MENTIONED = "for_mentioned"
    MUTED = "muted"
    NOT_FOLLOWED = "not_followed"
    NOT_VISIBLE = "not_visible"
    REPEATED = "repeated"
    REPLY_TO_OTHERS = "reply_to_others"
    REPOSTS_HIDDEN = "reposts_hidden"
    UNAVAILABLE = "unavailable"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> HomeRule | None:
        """Keep a value that a newer API answers as the text it is."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = value, value
        return unknown
