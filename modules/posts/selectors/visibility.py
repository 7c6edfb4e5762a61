"""
Who may see a post: every read of posts by id passes here, and what the viewer may not see is absent.

A post whose author the viewer may not see, or who is not there, is absent just as one that never was. The
cards of the authors, which say so, are needed beside the posts anyway: nothing more is asked.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from modules.graph.schemas import Viewer
from modules.kernel.fragments import Drawn
from modules.posts.schemas import PUBLIC, PostHead
from modules.posts.selectors.drawn import map_drawn, map_drawn_with_authors
from modules.profiles import public as profiles
from sharding.scatter import Unavailable


class Visible(NamedTuple):
    """
    What a viewer may see: posts in the order asked, and the finished cards of their authors among `users`.

    Of the `unavailable`, posts and users by id, nobody can tell now whether they may.
    """

    posts: dict[int, Drawn[PostHead]]
    users: dict[int, bytes]
    unavailable: Unavailable


def allows(viewer: Viewer, head: PostHead) -> bool:
    """
    Return whether a viewer may see a post whose author they may see; the one place where this is decided.

    What only some may see is told by the head's audience and by how the viewer stands with the author.
    """
    return head.audience == PUBLIC or head.author_id == viewer.id


def map_visible(post_ids: Collection[int], *, viewer: Viewer, author_ids: Collection[int] = ()) -> Visible:
    """
    Return those of the posts that a viewer may see, with their authors; the others are absent.

    Authors known beforehand come by the round trip of the posts, whether they wrote any of them or not.
    """
    unavailable: Unavailable = {}
    users: dict[int, bytes] = {}
    if author_ids:
        drawn, users = map_drawn_with_authors(post_ids, author_ids, viewer=viewer, unavailable=unavailable)
    else:
        drawn = map_drawn(post_ids, unavailable=unavailable)
    others = {post.head.author_id for post in drawn.values()}.difference(author_ids)
    if others:
        found = profiles.map_drawn(others, viewer=viewer, unavailable=unavailable)
        users |= {id: user.json for id, user in found.items()}
    if unavailable:
        _follow_authors(drawn, unavailable)
    page = viewer.among(users.keys())
    shown = {
        id: post for id, post in drawn.items() if post.head.author_id in users and allows(page, post.head)
    }
    return Visible(shown, users, unavailable)


def _follow_authors(drawn: Mapping[int, Drawn[PostHead]], unavailable: Unavailable) -> None:
    """Count posts as unavailable whose authors are: only their cards say whether they may be shown."""
    for id, post in drawn.items():
        if (fault := unavailable.get(post.head.author_id)) is not None:
            unavailable[id] = fault
