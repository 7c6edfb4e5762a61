"""Who reacted to a post."""

from django.conf import settings

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_page
from modules.posts.errors import ReactionUnknown
from modules.posts.models import ReactionIn
from modules.posts.schemas import Reaction, ReactionPage
from modules.posts.selectors.visibility import map_visible
from sharding.ids import moment_of


def list_reactions(
    post_id: int, paging: Paging, *, type: str | None = None, viewer: Viewer
) -> Rendered[ReactionPage]:
    """
    Return a page of the reactions to a post, newest first, of one type or of all.

    Of whom the viewer may not see there is none, and the page is not filled again: a short one may have a
    `next`. Whether the post may be seen, the same round trip tells.

    :raises ReactionUnknown: if there is no such type
    :raises PostNotFound: if there is no such post, or none that the viewer may see
    """
    if type is not None and type not in settings.POSTS.reactions:
        raise ReactionUnknown(settings.POSTS.reactions)
    rows = ReactionIn.objects.of(post_id).filter(is_active=True, **({} if type is None else {"type": type}))
    page = keyset.page(rows, paging, "edge_id", at=lambda row: row.edge_id)
    user_ids = [row.user_id for row in page.rows]
    visible = map_visible([post_id], viewer=viewer, author_ids=user_ids)
    visible.require(post_id)
    users, unavailable = visible.users, visible.unavailable
    return render_page(
        ReactionPage,
        data=[_to_shape(row).json_bytes() for row in page.rows if row.user_id in users],
        included={"users": {id: users[id] for id in user_ids if id in users}},
        state={},
        next=page.next,
        prev=page.prev,
        partial=bool(unavailable),
        missing=[row.edge_id for row in page.rows if row.user_id in unavailable],
    )


def _to_shape(row: ReactionIn) -> Reaction:
    return Reaction(id=row.edge_id, user_id=row.user_id, type=row.type, reacted_at=moment_of(row.edge_id))
