"""What decides who may see a post, and what its card mentions."""

from collections.abc import Iterable
from typing import NamedTuple

from modules.kernel.card_layout import Layout
from modules.profiles.schemas import USER


class PostHead(NamedTuple):
    """
    What decides who may see a post; ids are 0 of what it does not have.

    Who is mentioned stands there only if the audience are the mentioned: nobody else asks.
    """

    author_id: int
    audience: int
    kind: int
    reply_to_author_id: int
    original_id: int
    original_author_id: int
    mentioned_ids: tuple[int, ...]


POST, POST_COUNT = "post", "postcount"
POST_LAYOUT = Layout(PostHead, "qBBqqq", tail=True, revision=4)


class CountHead(NamedTuple):
    """Nothing decides who may see what is counted: whoever may see the post."""


def refs_of(heads: Iterable[PostHead]) -> dict[str, set[int]]:
    """Return what the cards of these posts mention: authors, and originals with theirs and their counts."""
    users: set[int] = set()
    originals: set[int] = set()
    for head in heads:
        users.add(head.author_id)
        if head.original_id:
            users.add(head.original_author_id)
            originals.add(head.original_id)
    return {USER: users, POST: originals, POST_COUNT: originals} if originals else {USER: users}


class PostKey(NamedTuple):
    """A post and its author, without the rest."""

    post_id: int
    author_id: int
