"""What is popular: pages of a finished ranking, of what the reader may see now."""

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import PostPage, TagCard, TagPage
from modules.timelines.models.rankings import POSTS, TAGS
from modules.timelines.selectors.rankings import Ranked, find_newest, find_ranking
from modules.timelines.selectors.rounds import leave_out_muted
from modules.timelines.selectors.tag_timeline import list_unmuted


def get_explore(paging: Paging, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of the popular posts, the most popular first.

    Its cursors are places in one ranking, which is kept for an hour and never changes: walking it meets each
    post once. What the viewer may not see now, and whom they mute, is left out; such a page is short.
    """
    ranked, first, last = _find_place(paging)
    keys = [(int(post_id), int(author_id)) for post_id, author_id in ranked.entries[first:last]]
    state = posts.PageState(viewer.id)
    ids = [post_id for post_id, _ in keys]
    visible = posts.map_visible(
        ids, viewer=viewer, author_ids={author_id for _, author_id in keys}, state=state
    )
    return posts.build_page(
        {id: visible.posts[id] for id in list_unmuted(visible)},
        users=visible.users,
        originals=leave_out_muted(visible).originals,
        state=state,
        next=paging.older_than(ranked.id, last) if last < len(ranked.entries) else None,
        prev=paging.newer_than(ranked.id, first) if first else None,
        partial=ranked.is_partial or bool(visible.unavailable),
        missing=[id for id in ids if id in visible.unavailable and id not in visible.posts],
    )


def get_trending_tags() -> TagPage:
    """Return the tags that trend, the first the most."""
    ranked = find_newest(TAGS)
    cards = [TagCard(tag=tag, posts=used, authors=users) for tag, used, users in ranked.entries]
    return TagPage.plain(cards, partial=ranked.is_partial)


def _find_place(paging: Paging) -> tuple[Ranked, int, int]:
    """Return the ranking of a page, and from where up to where it goes."""
    if paging.position is None:
        ranked, first, last = find_newest(POSTS), 0, paging.limit
    else:
        ranking_id, place = paging.position
        ranked = find_ranking(POSTS, ranking_id)
        first, last = (place - paging.limit, place) if paging.newer else (place, place + paging.limit)
    length = len(ranked.entries)
    return ranked, min(max(first, 0), length), min(last, length)
