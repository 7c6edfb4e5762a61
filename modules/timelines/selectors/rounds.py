"""
Pages of posts that are filled in rounds: candidates next to a place, and of them what may be shown.

Something is dropped from candidates at each read (hidden, deleted, not to be read now), so a page is filled
again, and where it goes on depends on what was looked at and not on what is shown of it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import PostHead, PostPage
from modules.timelines.models.windows import TOP, Entry
from sharding.scatter import Unavailable

_ROUNDS = 5
# Of a page on the way to newer posts that is empty still: so many rounds more, of so many candidates each.
# All that a window holds is less.
_ROUNDS_OF_EMPTY = 20
_CANDIDATES_OF_EMPTY = 100


class Looked(NamedTuple):
    """
    Candidates next to a place, nearest first; which of them are to be shown; whether more are beyond.

    Where a list is not one of ids, `places` are theirs in it. What is `alone` is the only page that there can
    be now. The last two are for who explains: what was looked at, if that is more, and what ranked it.
    """

    post_ids: list[int]
    shown_ids: list[int]
    visible: posts.Visible
    has_more: bool
    places: Sequence[int] | None = None
    is_alone: bool = False
    entries: Sequence[Entry] | None = None
    scores: Mapping[int, float] | None = None


# No candidate is there: nobody asks for cards.
NOTHING = Looked([], [], posts.Visible({}, {}, {}), has_more=False)

# Looks for so many candidates next to a place; takes who cannot be read now, and what the page states.
Look = Callable[[int, int, Unavailable, posts.PageState], Looked]


class _Found(NamedTuple):
    """What the rounds of one page came to, newest first; whatever was looked at lies between its ends."""

    shown: dict[int, RenderedCard[PostHead]]
    users: dict[int, bytes]
    originals: dict[int, RenderedCard[PostHead]]
    ends: tuple[int, int] | None
    has_more: bool
    # Posts, and authors whose posts are lacking, that cannot be read now; of the posts, those of this page.
    unavailable: Unavailable
    missing: list[int]
    is_alone: bool


def fill_page(paging: Paging, look: Look, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of posts, newest first, of what `look` finds is to be shown as of now.

    A page is filled again at most five times after something was dropped; a short one may have a `next`. An
    empty one that was reached by `prev` would be taken for the end: there the search goes on.
    What cannot be read now is left out and named; the page says that it is partial.
    """
    state = posts.PageState(viewer.id)
    found = _find(paging, look, state)
    next, prev = (
        (None, None) if found.is_alone else keyset.neighbors(paging, found.ends, has_older=found.has_more)
    )
    return posts.build_page(
        found.shown,
        users=found.users,
        originals=found.originals,
        state=state,
        next=next,
        prev=prev,
        partial=bool(found.unavailable) or found.is_alone,
        missing=found.missing,
    )


def leave_out_muted(visible: posts.Visible) -> posts.Visible:
    """Return what is visible without the originals by whom the viewer mutes: quotes of these stand alone."""
    originals = visible.originals
    if not originals:
        return visible
    heard = {id: card for id, card in originals.items() if not visible.viewer.mutes(card.head.author_id)}
    return visible._replace(originals=heard)


def _find(paging: Paging, look: Look, state: posts.PageState) -> _Found:
    """Look at candidates next to a place until the page is full, no more are there, or the rounds end."""
    shown: dict[int, RenderedCard[PostHead]] = {}
    users: dict[int, bytes] = {}
    originals: dict[int, RenderedCard[PostHead]] = {}
    unavailable: Unavailable = {}
    missing: list[int] = []
    [place], first, has_more, is_alone = paging.position or (TOP,), None, True, False
    for round in range(_ROUNDS + _ROUNDS_OF_EMPTY):
        lacking = paging.limit - len(shown)
        looked = look(place, lacking if round < _ROUNDS else _CANDIDATES_OF_EMPTY, unavailable, state)
        ids, shown_ids, visible, has_more = looked[:4]
        if not ids:
            break
        if len(shown_ids) > lacking:
            # More than a page: it ends where the next one begins.
            shown_ids = shown_ids[:lacking]
            ids, has_more = ids[: ids.index(shown_ids[-1]) + 1], True
        shown |= {id: visible.posts[id] for id in shown_ids}
        users |= visible.users
        originals |= visible.originals
        unavailable |= visible.unavailable
        is_alone = looked.is_alone
        missing += [id for id in ids if id in visible.unavailable and id not in visible.posts]
        places = looked.places or ids
        place = places[len(ids) - 1]
        first = first or places[0]
        is_empty = paging.newer and not shown and not missing
        if not has_more or len(shown) == paging.limit or (round + 1 >= _ROUNDS and not is_empty):
            break
    if paging.newer:
        shown = dict(reversed(shown.items()))
        missing.reverse()
    ends = (max(first, place), min(first, place)) if first else None
    return _Found(shown, users, originals, ends, has_more, unavailable, missing, is_alone)
