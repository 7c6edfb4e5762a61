"""Who sees what, and what belongs in which list: product.md section 2, over plain facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.histories.facts import Facts, Post, Viewer


@dataclass
class Rules:
    """The answers to all questions of visibility, as of a moment."""

    facts: Facts
    now: datetime

    def follows(self, one: Viewer, other: int) -> bool:
        edge = self.facts.follows.get((one or 0, other))
        return edge is not None and not edge.is_requested

    def mutes(self, one: Viewer, other: int) -> bool:
        if (pair := (one or 0, other)) not in self.facts.mutes:
            return False
        until = self.facts.mutes[pair]
        return until is None or until > self.now

    def blocks(self, one: Viewer, other: Viewer) -> bool:
        return (one, other) in self.facts.blocks

    def opens(self, viewer: Viewer, user: int) -> bool:
        """Whom one blocks one may open, to unblock them."""
        return user == viewer or not (self.facts.closed.get(user) or self.blocks(user, viewer))

    def sees(self, viewer: Viewer, user: int) -> bool:
        return self.opens(viewer, user) and not self.blocks(viewer, user)

    def admits(self, viewer: Viewer, user: int) -> bool:
        return user == viewer or user not in self.facts.private or self.follows(viewer, user)

    def shows(self, viewer: Viewer, post: Post) -> bool:
        if post.is_deleted or not self.sees(viewer, post.author):
            return False
        if post.is_repost and post.original and not self.shows(viewer, post.original):
            return False
        if viewer == post.author:
            return True
        allowed = {"public": True, "followers": self.follows(viewer, post.author)}
        return self.admits(viewer, post.author) and allowed.get(post.audience, viewer in post.mentioned)

    def belongs(self, viewer: int, post: Post) -> bool:
        """Whether a post that is shown belongs in the viewer's home."""
        if viewer == post.author:
            return True
        if not self.follows(viewer, post.author) or self.mutes(viewer, post.author):
            return False
        if post.is_repost and post.original:
            hides = not self.facts.follows[viewer, post.author].shows_reposts
            return not (hides or self.mutes(viewer, post.original.author))
        to = post.parent.author if post.parent else viewer
        return post.audience != "mentioned" and (to in (viewer, post.author) or self.follows(viewer, to))

    def home(self, viewer: int) -> Iterator[Post]:
        """The newest first; a repost of what stands above it says nothing new (above: 40; here are fewer)."""
        subjects: set[int] = set()
        for post in self.facts.newest():
            if self.shows(viewer, post) and self.belongs(viewer, post):
                subject = post.original.id if post.is_repost and post.original else post.id
                if not (post.is_repost and subject in subjects):
                    yield post
                subjects.add(subject)

    def shown(self, viewer: Viewer, posts: Iterator[Post]) -> Iterator[Post]:
        return (post for post in posts if self.shows(viewer, post))
