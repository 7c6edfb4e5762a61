from __future__ import annotations

from enum import StrEnum


class DeviceCardKind(StrEnum):
    PROVIDER = "provider"
    WEB = "web"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> DeviceCardKind | None:
        """Keep a value that a newer API answers as the text it is."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = value, value
        return unknown
