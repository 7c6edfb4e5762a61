"""Pages of posts and single ones, put together from finished cards."""

from collections.abc import Mapping, Sequence

from modules.graph.public import AccountPrivate, UserNotFound
from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_page, render_single
from modules.posts.errors import PostNotFound
from modules.posts.models import Post
from modules.posts.schemas import PostBatch, PostHead, PostPage, PostView
from modules.posts.selectors.states import PageState
from modules.posts.selectors.visibility import map_visible


def build_page(
    shown: Sequence[RenderedCard[PostHead]],
    *,
    users: Mapping[int, bytes],
    state: bytes,
    next: str | None = None,
    prev: str | None = None,
    partial: bool = False,
    missing: Sequence[int] = (),
) -> Rendered[PostPage]:
    """Put finished cards and their state side by side, with their authors among `users`, once each."""
    return render_page(
        PostPage,
        data=[card.json for card in shown],
        included=_included(shown, users),
        state=state,
        next=next,
        prev=prev,
        partial=partial,
        missing=missing,
    )


def get_post(post_id: int, *, viewer: Viewer) -> Rendered[PostView]:
    """
    Return one post with its author.

    :raises PostNotFound: if there is none, it was deleted, or the viewer may not see it
    """
    # An answer with an ETag: counts are in it, and nothing that only the viewer has.
    state = PageState(None)
    visible, users, unavailable, _ = map_visible([post_id], viewer=viewer, state=state)
    if (post := visible.get(post_id)) is None:
        raise unavailable.get(post_id, PostNotFound)
    return render_single(
        PostView,
        data=post.json,
        included={"users": users},
        state=state.json_of(visible),
        version=post.version,
    )


def list_posts(post_ids: Sequence[int], *, viewer: Viewer) -> Rendered[PostBatch]:
    """Return these posts in the order asked; those unknown, deleted, hidden or not to be read are missing."""
    state = PageState(viewer.id)
    visible, users, unavailable, _ = map_visible(post_ids, viewer=viewer, state=state)
    missing = [id for id in post_ids if id not in visible]
    shown = list(visible.values())
    return render_page(
        PostBatch,
        data=[card.json for card in shown],
        included=_included(shown, users),
        state=state.json_of(visible),
        partial=bool(unavailable) or state.is_partial,
        missing=missing,
        unavailable=[id for id in missing if id in unavailable],
    )


def list_user_posts(author_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of one author's posts, newest first.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    :raises AccountPrivate: if the user's posts are not for the viewer
    """
    rows = Post.objects.of(author_id).filter(deleted_at=None)
    page = keyset.page(rows.values_list("id", flat=True), paging, "id", at=int)
    state = PageState(viewer.id)
    visible, users, unavailable, closed = map_visible(
        page.rows, viewer=viewer, author_ids=[author_id], state=state
    )
    if author_id in unavailable:
        raise unavailable[author_id]
    if author_id not in users:
        raise UserNotFound
    if author_id in closed:
        raise AccountPrivate
    return build_page(
        list(visible.values()),
        users=users,
        state=state.json_of(visible),
        next=page.next,
        prev=page.prev,
        partial=bool(unavailable) or state.is_partial,
        missing=[id for id in page.rows if id in unavailable and id not in visible],
    )


def _included(
    shown: Sequence[RenderedCard[PostHead]], users: Mapping[int, bytes]
) -> dict[str, dict[int, bytes]]:
    """Return the authors of cards among `users`, once each."""
    authors = {head.author_id: users[head.author_id] for head, *_ in shown if head.author_id in users}
    return {"users": authors}
