"""What posts announces."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPublished:
    """A post became visible to its audience."""

    name: ClassVar[str] = "posts.post_published.v1"

    post_id: int
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted:
    """A post was deleted by its author; `version` is that of its tombstone."""

    name: ClassVar[str] = "posts.post_deleted.v1"

    post_id: int
    author_id: int
    version: int
