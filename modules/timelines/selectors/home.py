"""The home timeline: candidates, their cards, and what the viewer may see of them as of now."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import MENTIONED, PostHead, PostPage
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP, Entry
from modules.timelines.selectors.candidates import list_candidates
from sharding.scatter import Unavailable

_ROUNDS = 5
# Of a page on the way to newer posts that is empty still: so many rounds more, of so many candidates each.
# All that a window holds is less.
_ROUNDS_OF_EMPTY = 20
_CANDIDATES_OF_EMPTY = 100


class _Found(NamedTuple):
    """What the rounds of one page came to, newest first; whatever was looked at lies between its ends."""

    shown: dict[int, RenderedCard[PostHead]]
    users: dict[int, bytes]
    ends: tuple[int, int] | None
    has_more: bool
    # Posts, and authors whose posts are lacking, that cannot be read now; of the posts, those of this page.
    unavailable: Unavailable
    missing: list[int]


def get_home(viewer: Viewer, paging: Paging) -> Rendered[PostPage]:
    """
    Return a page of the viewer's home, newest first, of what they may see as of now.

    A page is filled again at most five times after something was dropped; a short one may have a `next`. An
    empty one that was reached by `prev` would be taken for the end: there the search goes on.
    What cannot be read now is left out and named; the page says that it is partial.
    """
    state = posts.PageState(viewer.id)
    found = _find(viewer, paging, state)
    next, prev = keyset.neighbors(paging, found.ends, has_older=found.has_more)
    return posts.build_page(
        list(found.shown.values()),
        users=found.users,
        state=state.json_of(found.shown),
        next=next,
        prev=prev,
        partial=bool(found.unavailable) or state.is_partial,
        missing=found.missing,
    )


def window_contains(user_ids: Collection[int], post_id: int) -> set[int]:
    """Return those of the users whose home windows hold a post; without Redis nobody's do."""
    ids = list(user_ids)
    has = windows.has_post([windows.home(id) for id in ids], post_id)
    return {id for id, holds in zip(ids, has, strict=True) if holds}


def _find(viewer: Viewer, paging: Paging, state: posts.PageState) -> _Found:
    """Render the candidates next to a place until the page is full, no more are there, or the rounds end."""
    shown: dict[int, RenderedCard[PostHead]] = {}
    users: dict[int, bytes] = {}
    unavailable: Unavailable = {}
    missing: list[int] = []
    [place], first, has_more = paging.position or (TOP,), None, True
    for round in range(_ROUNDS + _ROUNDS_OF_EMPTY):
        lacking = paging.limit - len(shown)
        wanted = lacking if round < _ROUNDS else _CANDIDATES_OF_EMPTY
        candidates = list_candidates(
            viewer.id,
            place=place,
            newer=paging.newer,
            limit=wanted + 1,
            # Known from the first round on: whoever mutes somebody busy does not look through all they post.
            without=viewer.muted_ids,
            unavailable=unavailable,
        )
        entries = candidates.entries[:wanted]
        has_more = len(candidates.entries) > wanted
        if not entries:
            break
        before = viewer.among({entry.via_id for entry in entries}, followed=candidates.followed)
        visible = _load(entries, before, state)
        if len(belonging := _list_belonging(entries, visible, before)) > lacking:
            # More than a page: it ends where the next one begins.
            del belonging[lacking:]
            entries, has_more = entries[: entries.index(belonging[-1]) + 1], True
        shown |= {entry.post_id: visible.posts[entry.post_id] for entry in belonging}
        users |= visible.users
        unavailable |= visible.unavailable
        missing += [
            entry.post_id
            for entry in entries
            if entry.post_id in visible.unavailable and entry.post_id not in visible.posts
        ]
        place = entries[-1].post_id
        first = first or entries[0].post_id
        is_empty = paging.newer and not shown and not missing
        if not has_more or len(shown) == paging.limit or (round + 1 >= _ROUNDS and not is_empty):
            break
    if paging.newer:
        shown = dict(reversed(shown.items()))
        missing.reverse()
    ends = (max(first, place), min(first, place)) if first else None
    return _Found(shown, users, ends, has_more, unavailable, missing)


def _load(entries: Sequence[Entry], viewer: Viewer, state: posts.PageState) -> posts.Visible:
    """Return the cards that the viewer may see, and their authors': one round trip if Redis has them all."""
    author_ids = dict.fromkeys(entry.via_id for entry in entries).keys()
    post_ids = [entry.post_id for entry in entries]
    return posts.map_visible(post_ids, viewer=viewer, author_ids=author_ids, state=state)


def _list_belonging(entries: Sequence[Entry], visible: posts.Visible, viewer: Viewer) -> list[Entry]:
    """Return those of the entries whose posts belong in the viewer's home."""
    found = visible.posts
    return [
        entry
        for entry in entries
        if (post := found.get(entry.post_id)) and _belongs(post.head, entry, viewer)
    ]


def _belongs(head: PostHead, entry: Entry, viewer: Viewer) -> bool:
    """
    Return whether a visible post belongs in a home: the viewer's own, or by whom they follow and hear.

    What is for those alone whom it mentions is no news for followers, be they among them or not.
    """
    author_id = head.author_id
    if author_id != entry.via_id:
        return False
    if author_id == viewer.id:
        return True
    return head.audience != MENTIONED and viewer.follows(author_id) and not viewer.mutes(author_id)
