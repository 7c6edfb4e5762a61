"""What decides who may see a post, and what its card mentions."""

from collections.abc import Iterable
from typing import NamedTuple

from modules.kernel.card_layout import Layout
from modules.media.schemas import MEDIA
from modules.profiles.schemas import USER


class PostHead(NamedTuple):
    """
    What decides who may see a post; ids are 0 of what it does not have.

    The ids at its end are of its media, so many, and then of whom it mentions. These stand there only if the
    audience are the mentioned: nobody else asks.
    """

    author_id: int
    audience: int
    kind: int
    reply_to_author_id: int
    original_id: int
    original_author_id: int
    media: int
    ids: tuple[int, ...]

    @property
    def media_ids(self) -> tuple[int, ...]:
        """Return what it shows, in its order."""
        return self.ids[: self.media]

    @property
    def mentioned_ids(self) -> tuple[int, ...]:
        """Return whom it mentions, where that matters."""
        return self.ids[self.media :]


POST, POST_COUNT = "post", "postcount"
POST_LAYOUT = Layout(PostHead, "qBBqqqB", tail=True, revision=5)


class CountHead(NamedTuple):
    """Nothing decides who may see what is counted: whoever may see the post."""


def refs_of(heads: Iterable[PostHead]) -> dict[str, set[int]]:
    """Return what the cards of posts mention: authors, media, and originals with theirs and their counts."""
    users: set[int] = set()
    originals: set[int] = set()
    media: set[int] = set()
    for head in heads:
        users.add(head.author_id)
        if head.original_id:
            users.add(head.original_author_id)
            originals.add(head.original_id)
        if head.media:
            media.update(head.media_ids)
    found = {USER: users, POST: originals, POST_COUNT: originals} if originals else {USER: users}
    if media:
        found[MEDIA] = media
    return found


class PostKey(NamedTuple):
    """A post and its author, without the rest."""

    post_id: int
    author_id: int
