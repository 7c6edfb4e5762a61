from __future__ import annotations

from enum import StrEnum


class EditAppScopesItem(StrEnum):
    EMAIL = "email"
    OPENID = "openid"
    PROFILE = "profile"
    READGRAPH = "read:graph"
    READMAILINGS = "read:mailings"
    READMEDIA = "read:media"
    READNOTIFICATIONS = "read:notifications"
    READOPERATIONS = "read:operations"
    READPOSTS = "read:posts"
    READPROFILES = "read:profiles"
    READREALTIME = "read:realtime"
    READSEARCH = "read:search"
    READTIMELINES = "read:timelines"
    WRITEGRAPH = "write:graph"
    WRITEMAILINGS = "write:mailings"
    WRITEMEDIA = "write:media"
    WRITENOTIFICATIONS = "write:notifications"
    WRITEPOSTS = "write:posts"
    WRITEPROFILES = "write:profiles"
    WRITETIMELINES = "write:timelines"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> EditAppScopesItem | None:
        """Keep a value that a newer API answers as the text it is."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = value, value
        return unknown
