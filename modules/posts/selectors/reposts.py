"""Who reposted a post."""

from operator import itemgetter

from modules.graph import public as graph
from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, render_page
from modules.posts.errors import PostNotFound
from modules.posts.models import Share
from modules.posts.schemas import REPOST, RepostPage
from modules.posts.selectors.visibility import map_visible


def list_reposters(post_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[RepostPage]:
    """
    Return a page of those who reposted a post, newest first.

    Whom the viewer may not see is left out, and the page is not filled again: a short one may have a `next`.
    Whether the post may be seen, the same round trip tells.

    :raises PostNotFound: if there is no such post, or none that the viewer may see
    """
    rows = Share.objects.of(post_id).filter(kind=REPOST, is_active=True)
    page = keyset.page(rows.values_list("post_id", "author_id"), paging, "post_id", at=itemgetter(0))
    user_ids = list(dict.fromkeys(user_id for _, user_id in page.rows))
    visible = map_visible([post_id], viewer=viewer, author_ids=user_ids)
    unavailable = visible.unavailable
    if post_id in unavailable:
        raise unavailable[post_id]
    if post_id not in visible.posts:
        raise PostNotFound
    shown = [id for id in user_ids if id in visible.users]
    # Whose counts cannot be read is shown without.
    state = graph.map_counts(shown, unavailable=unavailable)
    return render_page(
        RepostPage,
        data=[visible.users[id] for id in shown],
        included={},
        state=state,
        next=page.next,
        prev=page.prev,
        partial=bool(unavailable),
        missing=[id for id in user_ids if id in unavailable and id not in visible.users],
    )
