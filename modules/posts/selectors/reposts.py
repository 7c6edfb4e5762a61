"""Who reposted a post."""

from operator import itemgetter

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts.models import Share
from modules.posts.schemas import REPOST
from modules.posts.selectors.visibility import map_visible
from modules.profiles import public as profiles
from modules.profiles.schemas import UserPage


def list_reposters(post_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
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
    visible.require(post_id)
    return profiles.build_user_page(
        user_ids, visible.users, next=page.next, prev=page.prev, unavailable=visible.unavailable
    )
