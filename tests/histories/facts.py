"""What people did, as plain data: of each kind of thing those that stand, the newest last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

# Who looks: a user, or nobody who is known.
Viewer = int | None


@dataclass
class Follow:
    """That one follows another, or asks to."""

    is_requested: bool
    shows_reposts: bool = True


@dataclass(eq=False)
class Post:
    """A post as it is now, and what it said before."""

    id: int
    author: int
    text: str = ""
    audience: str = "public"
    mentioned: frozenset[int] = frozenset()
    parent: Post | None = None
    # What it reposts, if it says nothing itself, or quotes.
    original: Post | None = None
    is_repost: bool = False
    is_deleted: bool = False
    before: list[str] = field(default_factory=list)

    @property
    def root(self) -> Post:
        return self if self.parent is None else self.parent.root

    @property
    def above(self) -> list[Post]:
        """Return what it hangs on, the root first."""
        return [] if self.parent is None else [*self.parent.above, self.parent]


@dataclass
class Facts:
    """All that is so; pairs are (who does it, to whom or what)."""

    closed: dict[int, set[str]] = field(default_factory=dict)
    private: set[int] = field(default_factory=set)
    follows: dict[tuple[int, int], Follow] = field(default_factory=dict)
    blocks: dict[tuple[int, int], None] = field(default_factory=dict)
    mutes: dict[tuple[int, int], datetime | None] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    reactions: dict[tuple[int, int], None] = field(default_factory=dict)
    bookmarks: dict[tuple[int, int], None] = field(default_factory=dict)
    # By owner: one list each, and who is in it.
    lists: dict[int, int] = field(default_factory=dict)
    members: dict[tuple[int, int], None] = field(default_factory=dict)

    def newest(self) -> Iterator[Post]:
        """Yield the posts that were not deleted, the newest first."""
        return (post for post in reversed(self.posts.values()) if not post.is_deleted)

    def end_edges(self, one: int, other: int) -> None:
        """End what two are to each other, both ways."""
        for pair in ((one, other), (other, one)):
            self.follows.pop(pair, None)
