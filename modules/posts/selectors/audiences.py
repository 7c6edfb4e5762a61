"""Which of many viewers may see one post: for whoever tells them all of it at once."""

from collections.abc import Collection

from modules.graph import public as graph
from modules.graph.schemas import TIES
from modules.kernel import cards
from modules.posts.schemas import POST, REPOST, PostHead
from modules.posts.selectors.visibility import allows
from modules.profiles import public as profiles
from modules.profiles.schemas import USER
from sharding.scatter import Unavailable


def select_viewers(post_id: int, viewer_ids: Collection[int]) -> frozenset[int]:
    """
    Return those of the users who may see a post, and what it reposts, as of now.

    The post, its author and all viewers' exceptions come by one trip to each Redis, and one more for what
    the post mentions; of a post that is not for everybody each viewer costs one to say whom they follow.
    Those of whom nobody can tell now are left out.
    """
    unavailable: Unavailable = {}
    loaded = cards.load({POST: [post_id], TIES: viewer_ids}, unavailable=unavailable)
    post = loaded[POST].get(post_id)
    if post is None:
        return frozenset()
    heads: list[PostHead | None] = [post.head]
    if post.head.kind == REPOST:
        original = loaded[POST].get(post.head.original_id)
        heads.append(original and original.head)
    people = loaded.get(USER, {})
    allowed = set()
    for viewer_id in viewer_ids:
        if viewer_id in unavailable:
            continue
        viewer = graph.viewer_of(viewer_id, people.keys())
        viewer.learn(loaded, unavailable)
        shown = profiles.select_visible(people, viewer=viewer)
        authors = [shown.get(head.author_id) if head else None for head in heads]
        if all(
            head and author and allows(viewer, head, author.head)
            for head, author in zip(heads, authors, strict=True)
        ):
            allowed.add(viewer_id)
    return frozenset(allowed)
