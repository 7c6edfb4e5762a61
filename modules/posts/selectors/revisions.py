"""What a post said before."""

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.posts.models import PostRevision
from modules.posts.schemas import PostEntity, Revision, RevisionPage
from modules.posts.selectors.visibility import map_visible


def list_revisions(post_id: int, paging: Paging, *, viewer: Viewer) -> RevisionPage:
    """
    Return a page of the bodies that a post had before, newest first, to whom may see the post as it is now.

    :raises PostNotFound: if there is none, it was deleted, or the viewer may not see it
    """
    post = map_visible([post_id], viewer=viewer).require(post_id)
    rows = PostRevision.objects.of(post.head.author_id).filter(post_id=post_id)
    page = keyset.page(rows, paging, "version", at=lambda row: row.version)
    return RevisionPage.plain([_to_shape(row) for row in page.rows], next=page.next, prev=page.prev)


def _to_shape(row: PostRevision) -> Revision:
    return Revision(
        version=row.version,
        text=row.text,
        entities=[PostEntity(**entity) for entity in row.entities],
        custom=row.custom,
        media_ids=row.media_ids,
        written_at=row.written_at,
    )
