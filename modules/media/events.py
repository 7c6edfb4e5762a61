"""What media announces."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUploaded:
    """A file has arrived and is to be processed; recorded with the media as its owner, so that none waits."""

    name: ClassVar[str] = "media.media_uploaded.v1"

    media_id: int
    owner_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReady:
    """It can be shown; `version` is what its card is at now."""

    name: ClassVar[str] = "media.media_ready.v1"

    media_id: int
    owner_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFailed:
    """It will never be shown; its row says why."""

    name: ClassVar[str] = "media.media_failed.v1"

    media_id: int
    owner_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaEdited:
    """What is said of it has changed."""

    name: ClassVar[str] = "media.media_edited.v1"

    media_id: int
    owner_id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaDeleted:
    """It is gone, and its files go; `version` is that of its tombstone."""

    name: ClassVar[str] = "media.media_deleted.v1"

    media_id: int
    owner_id: int
    version: int
