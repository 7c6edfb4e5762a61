"""The home timeline: candidates, their cards, and what the viewer may see of them as of now."""

from collections.abc import Callable, Collection, Sequence
from functools import partial

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import MENTIONED, REPOST, PostHead, PostPage
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP, Entry
from modules.timelines.selectors.candidates import Candidates, list_candidates
from modules.timelines.selectors.repeats import REACH, drop_repeats, list_subjects
from modules.timelines.selectors.rounds import NOTHING, Look, Looked, fill_page, leave_out_muted
from sharding.scatter import Unavailable

# What finds candidates, and what loads their cards: `explained` times them.
Find = Callable[..., Candidates]
Load = Callable[[Sequence[Entry], Viewer, posts.PageState | None], posts.Visible]


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
        belonging = list_belonging(entries, visible, before)
        list_above = list if place == TOP else partial(_list_above, viewer, max(entries).post_id)
        return Looked(
            [entry.post_id for entry in entries],
            [entry.post_id for entry in drop_repeats(entries, belonging, visible, list_above=list_above)],
            leave_out_muted(visible),
            len(candidates.entries) > wanted,
        )

    return look


def window_contains(user_ids: Collection[int], post_id: int) -> set[int]:
    """Return those of the users whose home windows hold a post; without Redis nobody's do."""
    ids = list(user_ids)
    has = windows.has_post([windows.home(id) for id in ids], post_id)
    return {id for id, holds in zip(ids, has, strict=True) if holds}


def load(entries: Sequence[Entry], viewer: Viewer, state: posts.PageState | None) -> posts.Visible:
    """Return the cards that the viewer may see, and their authors': one round trip if Redis has them all."""
    author_ids = dict.fromkeys(entry.via_id for entry in entries).keys()
    post_ids = [entry.post_id for entry in entries]
    return posts.map_visible(post_ids, viewer=viewer, author_ids=author_ids, state=state)


def _list_above(viewer: Viewer, place: int) -> list[int]:
    """Return what the nearest candidates above a place show, newest first: for pages with reposts alone."""
    above = list_candidates(viewer.id, place=place, newer=True, limit=REACH, unavailable={})
    entries = above.entries[::-1]
    if not entries:
        return []
    before = viewer.among({entry.via_id for entry in entries}, followed=above.followed)
    visible = load(entries, before, None)
    return list_subjects(entries, list_belonging(entries, visible, before), visible)


def list_belonging(entries: Sequence[Entry], visible: posts.Visible, viewer: Viewer) -> list[Entry]:
    """Return those of the entries whose posts belong in the viewer's home, be they repeats or not."""
    found = visible.posts
    return [
        entry
        for entry in entries
        if (post := found.get(entry.post_id)) and _belongs(post.head, entry, viewer, visible.viewer)
    ]


def _belongs(head: PostHead, entry: Entry, viewer: Viewer, before_all: Viewer) -> bool:
    """
    Return whether a visible post belongs in a home: the viewer's own, or by whom they follow and hear.

    What is for those alone whom it mentions is no news for followers, be they among them or not. A reply is
    news if the viewer follows the one replied to as well, or is that one; a repost, unless the viewer hides
    those of its author or mutes the original's. `before_all` is the viewer before those too.
    """
    author_id, via_id = head.author_id, entry.via_id
    if author_id == viewer.id:
        return author_id == via_id
    if author_id != via_id or head.audience == MENTIONED:
        return False
    if not viewer.follows(author_id) or viewer.mutes(author_id):
        return False
    if head.kind == REPOST:
        return not (viewer.hides_reposts_of(author_id) or before_all.mutes(head.original_author_id))
    replied_to = head.reply_to_author_id
    return not replied_to or replied_to in (author_id, viewer.id) or before_all.follows(replied_to)
