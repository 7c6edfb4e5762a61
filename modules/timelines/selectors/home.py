"""The home timeline: candidates, their cards, and what the viewer may see of them as of now."""

from collections.abc import Callable, Collection, Sequence

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import MENTIONED, PostHead, PostPage
from modules.timelines.models import windows
from modules.timelines.models.windows import Entry
from modules.timelines.selectors.candidates import Candidates, list_candidates
from modules.timelines.selectors.rounds import NOTHING, Look, Looked, fill_page
from sharding.scatter import Unavailable

# What finds candidates, and what loads their cards: `explained` times them.
Find = Callable[..., Candidates]
Load = Callable[[Sequence[Entry], Viewer, posts.PageState], posts.Visible]


def get_home(viewer: Viewer, paging: Paging) -> Rendered[PostPage]:
    """Return a page of the viewer's home, newest first, of what they may see as of now."""
    return fill_page(paging, look_for(viewer, paging, find=list_candidates, load=load), viewer=viewer)


def look_for(viewer: Viewer, paging: Paging, *, find: Find, load: Load) -> Look:
    """Return what looks for the posts of a page of the viewer's home."""

    def look(place: int, wanted: int, unavailable: Unavailable, state: posts.PageState) -> Looked:
        candidates = find(
            viewer.id,
            place=place,
            newer=paging.newer,
            limit=wanted + 1,
            # Known from the first round on: whoever mutes somebody busy does not look through all they post.
            without=viewer.muted_ids,
            unavailable=unavailable,
        )
        entries = candidates.entries[:wanted]
        if not entries:
            return NOTHING
        before = viewer.among({entry.via_id for entry in entries}, followed=candidates.followed)
        visible = load(entries, before, state)
        return Looked(
            [entry.post_id for entry in entries],
            _list_belonging(entries, visible, before),
            visible,
            len(candidates.entries) > wanted,
        )

    return look


def window_contains(user_ids: Collection[int], post_id: int) -> set[int]:
    """Return those of the users whose home windows hold a post; without Redis nobody's do."""
    ids = list(user_ids)
    has = windows.has_post([windows.home(id) for id in ids], post_id)
    return {id for id, holds in zip(ids, has, strict=True) if holds}


def load(entries: Sequence[Entry], viewer: Viewer, state: posts.PageState) -> posts.Visible:
    """Return the cards that the viewer may see, and their authors': one round trip if Redis has them all."""
    author_ids = dict.fromkeys(entry.via_id for entry in entries).keys()
    post_ids = [entry.post_id for entry in entries]
    return posts.map_visible(post_ids, viewer=viewer, author_ids=author_ids, state=state)


def _list_belonging(entries: Sequence[Entry], visible: posts.Visible, viewer: Viewer) -> list[int]:
    """Return the posts of those of the entries that belong in the viewer's home."""
    found = visible.posts
    return [
        entry.post_id
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
