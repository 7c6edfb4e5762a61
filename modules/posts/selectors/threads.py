"""Threads: what was replied to a post, and what a reply hangs on."""

from collections.abc import Collection
from typing import Final

from django.db.backends.utils import CursorWrapper

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_page
from modules.posts.models import Post, ThreadEntry
from modules.posts.schemas import MAX_DEPTH, AncestorPage, PostPage
from modules.posts.selectors.pages import build_included, build_list, originals_of
from modules.posts.selectors.states import PageState
from modules.posts.selectors.visibility import map_visible
from sharding.scatter import read_per_instance

# Of replies all, also of deleted ones: those beneath them hang on them.
_ABOVE: Final = """
    WITH RECURSIVE above (parent_id, step) AS (
        SELECT parent_id, 1 FROM posts_threadentry WHERE post_id = %(root)s AND reply_id = %(reply)s
        UNION ALL
        SELECT entry.parent_id, above.step + 1 FROM above
        JOIN posts_threadentry AS entry ON entry.post_id = %(root)s AND entry.reply_id = above.parent_id
        WHERE above.step < %(most)s)
    SELECT parent_id FROM above ORDER BY step"""


def list_replies(
    post_id: int, paging: Paging, *, everything: bool = False, viewer: Viewer
) -> Rendered[PostPage]:
    """
    Return a page of the replies to a post, newest first; with `everything`, of the whole thread of a root.

    Those that the viewer may not see are left out, and the page is not filled again: a short one may have a
    `next`. Whether the post may be seen, the same round trip tells.

    :raises PostNotFound: if there is no such post, or none that the viewer may see
    """
    rows = ThreadEntry.objects.of(post_id).filter(is_active=True)
    if not everything:
        rows = rows.filter(parent_id=post_id)
    page = keyset.page(rows.values_list("reply_id", flat=True), paging, "reply_id", at=int)
    state = PageState(viewer.id)
    visible = map_visible([post_id, *page.rows], viewer=viewer, state=state)
    visible.require(post_id)
    return build_list(page, page.rows, visible, state)


def list_ancestors(post_id: int, *, viewer: Viewer) -> Rendered[AncestorPage]:
    """
    Return what a reply hangs on, from the root of its thread down; of a post that is no reply, nothing.

    What the viewer may not see is missing, and what was deleted is named, so that its place can be shown.
    At most two reads beside the cards, and none of the thread for a reply to its root.

    :raises PostNotFound: if there is no such post, or none that the viewer may see
    """
    post = next(iter(Post.objects.gather([post_id])), None)
    chain = _list_above(post) if post else []
    state = PageState(viewer.id)
    visible = map_visible([*chain, post_id], viewer=viewer, state=state)
    visible.require(post_id)
    shown = {id: visible.posts[id] for id in chain if id in visible.posts}
    passed_on = originals_of(shown, visible.originals)
    missing = [id for id in chain if id not in visible.posts]
    return render_page(
        AncestorPage,
        data=[card.json for card in shown.values()],
        included=build_included(shown, visible.users, passed_on, state),
        state=state.json_of({**shown, **passed_on}),
        # What has not arrived yet at the root's author leaves a gap beneath the root.
        partial=bool(visible.unavailable)
        or state.is_partial
        or (post is not None and len(chain) < post.depth),
        missing=missing,
        deleted=_list_deleted([id for id in missing if id not in visible.unavailable]),
    )


def _list_above(post: Post) -> list[int]:
    """Return the posts above one, the root first."""
    if post.root_id is None or post.reply_to_id is None:
        return []
    if post.reply_to_id == post.root_id:
        return [post.root_id]
    root_id, parent_id = post.root_id, post.reply_to_id

    def read(cursor: CursorWrapper, ids: list[int]) -> list[int]:
        cursor.execute(_ABOVE, {"root": root_id, "reply": parent_id, "most": MAX_DEPTH})
        return [above_id for (above_id,) in cursor.fetchall()]

    chain = [parent_id, *read_per_instance([root_id], read)]
    return [*([] if chain[-1] == root_id else [root_id]), *reversed(chain)]


def _list_deleted(post_ids: Collection[int]) -> list[int]:
    """Return those of the posts that are gone; of most pages none is missing, and nothing is read."""
    if not post_ids:
        return []
    there = {post.id for post in Post.objects.gather(post_ids) if post.deleted_at is None}
    return [id for id in post_ids if id not in there]
