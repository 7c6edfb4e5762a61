"""What is popular: pages of a finished ranking, of what the reader may see now."""

from typing import Any, Final, NamedTuple

from modules.graph.schemas import Viewer
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import PostHead, PostPage, RankedPost, TagCard, TagPage
from modules.timelines.models.rankings import POSTS, TAGS
from modules.timelines.selectors.rankings import Ranked, find_newest, find_ranking
from modules.timelines.selectors.rounds import leave_out_muted
from modules.timelines.selectors.tag_timeline import list_unmuted

# A page is filled again so often, each time of twice as many candidates, and of so many at most. One that is
# empty and was reached by `prev` is filled until a ranking ends.
_ROUNDS: Final = 5
_ROUNDS_OF_EMPTY: Final = 2
_CANDIDATES: Final = 100


class _Found(NamedTuple):
    """What the rounds of a page came to, in the order of the ranking; looked at was all between its ends."""

    shown: dict[int, RenderedCard[PostHead]]
    users: dict[int, bytes]
    originals: dict[int, RenderedCard[PostHead]]
    first: int
    last: int
    is_partial: bool
    missing: list[int]


def get_explore(paging: Paging, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of the popular posts, the most popular first.

    Its cursors are places in one ranking, which is kept for an hour and never changes: walking it meets each
    post once. What the viewer may not see now, and whom they mute, is left out, and the page filled again.
    """
    ranked, place = _find_place(paging)
    state = posts.PageState(viewer.id)
    found = _fill(ranked.entries, place, paging, viewer, state)
    return posts.build_page(
        found.shown,
        users=found.users,
        originals=found.originals,
        state=state,
        next=paging.older_than(ranked.id, found.last) if found.last < len(ranked.entries) else None,
        prev=paging.newer_than(ranked.id, found.first) if found.first else None,
        partial=ranked.is_partial or found.is_partial,
        missing=found.missing,
    )


def list_popular_posts() -> list[RankedPost]:
    """
    Return the popular posts, the most popular first: to look for, not to show.

    Everybody could see them when they were ranked; who may now, `posts.map_visible` says.
    """
    return [RankedPost(int(post_id), int(author_id)) for post_id, author_id in find_newest(POSTS).entries]


def get_trending_tags() -> TagPage:
    """Return the tags that trend, the first the most."""
    ranked = find_newest(TAGS)
    cards = [TagCard(tag=tag, posts=used, authors=users) for tag, used, users in ranked.entries]
    return TagPage.plain(cards, partial=ranked.is_partial)


def _find_place(paging: Paging) -> tuple[Ranked, int]:
    """Return the ranking of a page, and the place in it that the page begins at, or ends before."""
    if paging.position is None:
        return find_newest(POSTS), 0
    ranking_id, place = paging.position
    ranked = find_ranking(POSTS, ranking_id)
    return ranked, min(max(place, 0), len(ranked.entries))


def _fill(entries: list[Any], place: int, paging: Paging, viewer: Viewer, state: posts.PageState) -> _Found:
    """Look at what is next to a place until the page is full, no more is there, or the rounds end."""
    found = _Found({}, {}, {}, place, place, is_partial=False, missing=[])
    for round in range(_ROUNDS + _ROUNDS_OF_EMPTY):
        lacking = paging.limit - len(found.shown)
        wanted = min(lacking << round, _CANDIDATES) if round < _ROUNDS else _CANDIDATES
        first = max(found.first - wanted, 0) if paging.newer else found.last
        last = found.first if paging.newer else min(found.last + wanted, len(entries))
        if first == last:
            break
        found = _add(found, entries, (first, last), paging, viewer, state)
        # An empty page on the way back would be taken for the beginning.
        is_empty = paging.newer and not found.shown and not found.missing
        if len(found.shown) == paging.limit or (round + 1 >= _ROUNDS and not is_empty):
            break
    return found


def _add(
    found: _Found,
    entries: list[Any],
    span: tuple[int, int],
    paging: Paging,
    viewer: Viewer,
    state: posts.PageState,
) -> _Found:
    """Return what was found with what may be shown of some more, of which it takes the nearest."""
    (first, last), newer, lacking = span, paging.newer, paging.limit - len(found.shown)
    places = {int(post_id): place for place, (post_id, _) in enumerate(entries[first:last], start=first)}
    authors = {int(author_id) for _, author_id in entries[first:last]}
    visible = posts.map_visible(list(places), viewer=viewer, author_ids=authors, state=state)
    ids = list_unmuted(visible)
    if len(ids) > lacking:
        # More than a page: it ends where the next one begins.
        ids = ids[-lacking:] if newer else ids[:lacking]
        first, last = (places[ids[0]], last) if newer else (first, places[ids[-1]] + 1)
    shown = {id: visible.posts[id] for id in ids}
    missing = [
        id
        for id, place in places.items()
        if first <= place < last and id in visible.unavailable and id not in visible.posts
    ]
    return _Found(
        shown | found.shown if newer else found.shown | shown,
        found.users | visible.users,
        found.originals | dict(leave_out_muted(visible).originals),
        min(first, found.first),
        max(last, found.last),
        found.is_partial or bool(visible.unavailable),
        missing + found.missing if newer else found.missing + missing,
    )
