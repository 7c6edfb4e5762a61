"""
The one gate: every read of posts by id passes here, and what may not be shown is absent.

A post whose author may not be shown, or is not there, is absent just as one that never was. The cards of the
authors, which say so, are needed beside the posts anyway: the gate asks for nothing more.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from modules.kernel.fragments import Drawn
from modules.posts.schemas import PUBLIC, PostHead
from modules.posts.selectors.drawn import map_drawn, map_drawn_with_authors
from modules.profiles import public as profiles
from sharding.scatter import Unavailable


class Visible(NamedTuple):
    """
    What may be shown: posts in the order asked, and the finished cards of their authors among `users`.

    Of the `unavailable`, posts and users by id, nobody can tell now whether they may.
    """

    posts: dict[int, Drawn[PostHead]]
    users: dict[int, bytes]
    unavailable: Unavailable


def map_visible(post_ids: Collection[int], *, author_ids: Collection[int] = ()) -> Visible:
    """
    Return those of the posts that may be shown, with their authors; the others are absent.

    Authors known beforehand come by the round trip of the posts, whether they wrote any of them or not.
    """
    unavailable: Unavailable = {}
    users: dict[int, bytes] = {}
    if author_ids:
        drawn, users = map_drawn_with_authors(post_ids, author_ids, unavailable=unavailable)
    else:
        drawn = map_drawn(post_ids, unavailable=unavailable)
    others = {post.head.author_id for post in drawn.values()}.difference(author_ids)
    if others:
        users |= profiles.map_json(others, unavailable=unavailable)
    if unavailable:
        _follow_authors(drawn, unavailable)
    shown = {id: post for id, post in drawn.items() if _is_visible(post.head, users)}
    return Visible(shown, users, unavailable)


def _follow_authors(drawn: Mapping[int, Drawn[PostHead]], unavailable: Unavailable) -> None:
    """Count posts as unavailable whose authors are: only their cards say whether they may be shown."""
    for id, post in drawn.items():
        if (fault := unavailable.get(post.head.author_id)) is not None:
            unavailable[id] = fault


def _is_visible(head: PostHead, users: Collection[int]) -> bool:
    """Return whether a post may be shown; users who may not be shown are not among the cards."""
    return head.author_id in users and head.audience == PUBLIC
