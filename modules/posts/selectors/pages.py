"""Pages of posts and single ones, put together from finished cards."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.conf import settings

from modules.graph.public import AccountPrivate, UserNotFound
from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.keyset import Slice
from modules.kernel.rendered import Rendered, ids_to_json, render_page, render_single, with_fields
from modules.posts.models import Post
from modules.posts.schemas import (
    REPOST,
    PostBatch,
    PostChoice,
    PostHead,
    PostPage,
    PostView,
    UserPostPage,
)
from modules.posts.selectors.states import PageState
from modules.posts.selectors.visibility import Visible, map_visible
from sharding.querysets import ShardedQuerySet

Cards = Mapping[int, RenderedCard[PostHead]]


def build_page(
    shown: Cards,
    *,
    users: Mapping[int, bytes],
    originals: Cards = MappingProxyType({}),
    state: PageState,
    next: str | None = None,
    prev: str | None = None,
    partial: bool = False,
    missing: Sequence[int] = (),
    beside: Cards = MappingProxyType({}),
) -> Rendered[PostPage]:
    """Put finished cards side by side, with their state; what they mention and is `beside`, once each."""
    passed_on = originals_of(shown, originals)
    if beside:
        passed_on |= originals_of(beside, originals) | dict(beside)
    return render_page(
        PostPage,
        data=[card.json for card in shown.values()],
        included=build_included(shown, users, passed_on, state),
        state=state.json_of({**shown, **passed_on}),
        next=next,
        prev=prev,
        partial=partial or state.is_partial,
        missing=missing,
    )


def get_post(post_id: int, *, viewer: Viewer) -> Rendered[PostView]:
    """
    Return one post with its author.

    :raises PostNotFound: if there is none, it was deleted, or the viewer may not see it
    """
    # An answer with an ETag: counts are in it, and nothing that only the viewer has.
    state = PageState(None)
    visible = map_visible([post_id], viewer=viewer, state=state)
    post = visible.require(post_id)
    return render_single(
        PostView,
        data=post.json,
        included=build_included(visible.posts, visible.users, visible.originals, state),
        state=state.json_of({**visible.posts, **visible.originals}),
        version=post.version,
    )


def list_posts(post_ids: Sequence[int], *, viewer: Viewer) -> Rendered[PostBatch]:
    """Return these posts in the order asked; those unknown, deleted, hidden or not to be read are missing."""
    state = PageState(viewer.id)
    visible = map_visible(post_ids, viewer=viewer, state=state)
    missing = [id for id in post_ids if id not in visible.posts]
    return render_page(
        PostBatch,
        data=[card.json for card in visible.posts.values()],
        included=build_included(visible.posts, visible.users, visible.originals, state),
        state=state.json_of({**visible.posts, **visible.originals}),
        partial=bool(visible.unavailable) or state.is_partial,
        missing=missing,
        unavailable=[id for id in missing if id in visible.unavailable],
    )


def list_user_posts(
    author_id: int, paging: Paging, *, include: Collection[PostChoice] = (), viewer: Viewer
) -> Rendered[UserPostPage]:
    """
    Return a page of one author's posts, newest first, with their replies and reposts if these are included.

    If pins are, the first page names them too, for one read more.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    :raises AccountPrivate: if their posts are for others than the viewer
    """
    page = keyset.page(_list_chosen(author_id, include).values_list("id", flat=True), paging, "id", at=int)
    state = PageState(viewer.id)
    names_pins = "pins" in include and paging.position is None
    pin_ids = _list_pin_ids(author_id) if names_pins else []
    visible = map_visible([*page.rows, *pin_ids], viewer=viewer, author_ids=[author_id], state=state)
    _require_open(author_id, visible)
    pinned = {id: visible.posts[id] for id in pin_ids if id in visible.posts}
    built = build_list(page, page.rows, visible, state, beside=pinned)
    return with_fields(built, UserPostPage, {"pinned": ids_to_json(pinned)} if names_pins else {})


def list_pins(author_id: int, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return what one author has pinned, the newest pin first, all on one page.

    :raises UserNotFound: if there is no such user, or none whom the viewer may see
    :raises AccountPrivate: if their posts are for others than the viewer
    """
    pin_ids, state = _list_pin_ids(author_id), PageState(viewer.id)
    visible = map_visible(pin_ids, viewer=viewer, author_ids=[author_id], state=state)
    _require_open(author_id, visible)
    return build_list(Slice(pin_ids, None, None), pin_ids, visible, state)


def _list_pin_ids(author_id: int) -> list[int]:
    """Return what an author has pinned, the newest pin first: one read of an index of nothing else."""
    rows = Post.objects.of(author_id).filter(pin_id__isnull=False, deleted_at=None).order_by("-pin_id")
    return list(rows.values_list("id", flat=True)[: settings.POSTS.pin_cap])


def _require_open(author_id: int, visible: Visible) -> None:
    """Refuse what is asked of an author who may not be seen, or whose posts are for others."""
    if author_id in visible.unavailable:
        raise visible.unavailable[author_id]
    if author_id not in visible.users:
        raise UserNotFound
    if author_id in visible.closed:
        raise AccountPrivate


def build_list(
    page: Slice[Any],
    post_ids: Sequence[int],
    visible: Visible,
    state: PageState,
    *,
    beside: Cards = MappingProxyType({}),
) -> Rendered[PostPage]:
    """
    Return a page of a list of posts, in its order; those that the viewer may not see are left out.

    It is not filled again: a short one may have a `next`.
    """
    shown = visible.posts
    return build_page(
        {id: shown[id] for id in post_ids if id in shown},
        users=visible.users,
        originals=visible.originals,
        state=state,
        next=page.next,
        prev=page.prev,
        partial=bool(visible.unavailable),
        missing=[id for id in post_ids if id in visible.unavailable and id not in shown],
        beside=beside,
    )


def _list_chosen(author_id: int, include: Collection[PostChoice]) -> ShardedQuerySet[Post]:
    """Return an author's rows; each choice has an index of its own, whose condition this is."""
    rows = Post.objects.of(author_id).filter(deleted_at=None)
    if "replies" not in include:
        rows = rows.filter(reply_to_id=None)
    return rows if "reposts" in include else rows.exclude(kind=REPOST)


def originals_of(shown: Cards, originals: Cards) -> dict[int, RenderedCard[PostHead]]:
    """Return what these cards repost or quote, of the originals that may be seen, once each."""
    if not originals:
        return {}
    return {id: originals[id] for card in shown.values() if (id := card.head.original_id) in originals}


def build_included(
    shown: Cards, users: Mapping[int, bytes], originals: Cards, state: PageState
) -> dict[str, dict[int, bytes]]:
    """Return what cards repost, quote and show, and all authors, of those that may be seen, once each."""
    authors = {
        author_id: users[author_id]
        for cards in (shown, originals)
        for card in cards.values()
        if (author_id := card.head.author_id) in users
    }
    return {
        "users": authors,
        "posts": {id: card.json for id, card in originals.items()},
        "media": state.media_of(shown, originals),
    }
