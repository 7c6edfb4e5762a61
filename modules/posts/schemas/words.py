"""What posts are looked for by."""

from typing import Literal, NamedTuple

from modules.posts.schemas.heads import PostKey

# How a term is meant: as it stands, with its last word going on, or not to be there.
TermKind = Literal["phrase", "prefix", "without"]


class Term(NamedTuple):
    """One word, or several that follow each other."""

    text: str
    kind: TermKind


class PostQuery(NamedTuple):
    """
    Words that are all to be there, canonical tags that are, and whose posts; None stands for anybody's.

    Without words or tags it finds all that its author wrote.
    """

    terms: tuple[Term, ...]
    tags: tuple[str, ...] = ()
    author_id: int | None = None


class Matches(NamedTuple):
    """Posts next to a place, nearest first, and the instances that did not answer in time."""

    keys: list[PostKey]
    missing: tuple[str, ...]
