"""
Posts that are found, of those that the viewer may see as of now.

Whether a hidden post has a word in it is nobody's to know, so nothing of an answer may depend on it: a page
is filled with what may be seen, up to one more than it shows, and its cursors stand at what it shows. Only
who has passed hundreds of hidden matches gets a short page with a `next`.
"""

import time
from typing import Final, NamedTuple

from django.conf import settings

from modules.accounts import public as accounts
from modules.graph.schemas import Viewer
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, with_fields
from modules.posts import public as posts
from modules.posts.schemas import Matches, PostHead, PostQuery
from modules.profiles import public as profiles
from modules.search.schemas import Coverage, PostSearchPage
from modules.search.selectors.depth import Place, depth_of, neighbors, place_of
from modules.search.selectors.terms import Terms, parse

_TOP: Final = (2**63 - 1,)
_ROUNDS: Final = 5
# From the second round on: many were dropped, and probably many will be.
_MATCHES: Final = 100
# With less time than this no instance is asked again.
_LEAST_S: Final = 0.02

Cards = dict[int, RenderedCard[PostHead]]


class _Found(NamedTuple):
    """Of one page: what is shown, nearest to its place first, and where the looking ended."""

    shown: Cards
    users: dict[int, bytes]
    originals: Cards
    looked_to: int | None
    has_more: bool
    is_partial: bool
    missing: tuple[str, ...]


_NOTHING: Final = _Found({}, {}, {}, None, has_more=False, is_partial=False, missing=())


def list_posts(line: str, paging: Paging, *, viewer: Viewer) -> Rendered[PostSearchPage]:
    """
    Return a page of the posts that a line asks for and the viewer may see, newest first.

    Costs one transaction on each instance for a round, and the round trips of the cards; all rounds together
    have one budget. An instance that does not answer in time is named.

    :raises QueryRefused: if the line asks for nothing, or for too much
    """
    terms = parse(line)
    state = posts.PageState(viewer.id)
    query = _to_query(terms, viewer)
    found = _NOTHING if query is None else _find(query, paging, state, viewer)
    shown = dict(reversed(found.shown.items())) if paging.newer else found.shown
    next, prev = neighbors(
        paging,
        _ends(found),
        shown=len(shown),
        has_older=found.has_more,
        deepest=settings.SEARCH.max_depth,
    )
    page = posts.build_page(
        shown,
        users=found.users,
        originals=found.originals,
        state=state,
        next=next,
        prev=prev,
        partial=found.is_partial or bool(found.missing),
    )
    return with_fields(page, PostSearchPage, {"coverage": _coverage(query, found)})


def _to_query(terms: Terms, viewer: Viewer) -> PostQuery | None:
    """Return what to look for; None if it is by somebody whose posts the viewer may not see, or by nobody."""
    if terms.username is None:
        return PostQuery(terms.terms, terms.tags)
    author_id = accounts.find_user_id(terms.username)
    if author_id is None:
        return None
    author = profiles.map_cards([author_id], viewer=viewer).get(author_id)
    if author is None or not profiles.admits(viewer.among({author_id}), author_id, author.head):
        return None
    return PostQuery(terms.terms, terms.tags, author_id)


def _find(query: PostQuery, paging: Paging, state: posts.PageState, viewer: Viewer) -> _Found:
    """Look at matches next to a place until the page is full, no more are there, or rounds or time end."""
    ends_at = time.monotonic() + settings.SEARCH.within_s
    limit = min(paging.limit, settings.SEARCH.max_depth - depth_of(paging))
    [place], wanted = place_of(paging, top=_TOP), limit + 1
    found = _NOTHING
    for _ in range(_ROUNDS):
        if (within := ends_at - time.monotonic()) < _LEAST_S:
            break
        matches = posts.list_matching(query, place=place, newer=paging.newer, limit=wanted, within=within)
        found = _add(found, matches, state, viewer)
        if len(found.shown) > limit:
            return _cut(found, limit)
        if len(matches.keys) < wanted:
            return found._replace(has_more=False, looked_to=None)
        place, wanted = matches.keys[-1].post_id, _MATCHES
    return found


def _add(found: _Found, matches: Matches, state: posts.PageState, viewer: Viewer) -> _Found:
    """Return what was found with those of some more posts that the viewer may see."""
    if not matches.keys:
        return found._replace(missing=matches.missing)
    post_ids = [key.post_id for key in matches.keys]
    author_ids = {key.author_id for key in matches.keys}
    visible = posts.map_visible(post_ids, viewer=viewer, author_ids=author_ids, state=state)
    return _Found(
        found.shown | visible.posts,
        found.users | visible.users,
        found.originals | dict(visible.originals),
        post_ids[-1],
        has_more=True,
        is_partial=found.is_partial or bool(visible.unavailable),
        missing=matches.missing,
    )


def _cut(found: _Found, limit: int) -> _Found:
    """Return the first of what was found; where the looking ended does not matter, there is more to show."""
    first = dict(list(found.shown.items())[:limit])
    return found._replace(shown=first, looked_to=None)


def _ends(found: _Found) -> tuple[Place, Place] | None:
    """Return between which places a page lies: those of what it shows, or farther where it had to stop."""
    ids = [*found.shown]
    if found.looked_to is not None:
        ids.append(found.looked_to)
    return ((max(ids),), (min(ids),)) if ids else None


def _coverage(query: PostQuery | None, found: _Found) -> Coverage:
    asked = 0 if query is None else 1 if query.author_id else len(settings.SHARDING.instances)
    return Coverage(instances=asked, missing=list(found.missing))
