from enum import StrEnum


class NewAppScopesItem(StrEnum):
    EMAIL = "email"
    OPENID = "openid"
    PROFILE = "profile"
    READGRAPH = "read:graph"
    READPROFILES = "read:profiles"
    READTIMELINES = "read:timelines"
    WRITEGRAPH = "write:graph"
    WRITEPOSTS = "write:posts"
    WRITEPROFILES = "write:profiles"

    def __str__(self) -> str:
        return str(self.value)
