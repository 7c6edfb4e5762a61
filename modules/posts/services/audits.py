"""The audit of posts: how many an author has, beside the posts themselves."""

from collections.abc import Iterator, Sequence

from django.db.backends.utils import CursorWrapper

from modules.posts.models import AuthorCount
from sharding import audits
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import require_binding, writing_for

_COUNTED = """
    SELECT count.author_id, count.posts,
        (SELECT count(*) FROM posts_post AS post
            WHERE post.author_id = count.author_id AND post.deleted_at IS NULL)
    FROM posts_authorcount AS count WHERE count.author_id = ANY(%s)"""


def compare_counts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the authors whose count is not the number of their posts; both were read at one moment."""

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[int, int, int]]:
        cursor.execute(_COUNTED, [mine])
        rows: list[tuple[int, int, int]] = cursor.fetchall()
        return rows

    for author_id, counted, there in read_per_instance(owner_ids, read, on_primary=True):
        if counted != there:
            yield Difference(author_id, "counts_differ", known=(counted, there))


def repair_counts(differences: Sequence[Difference]) -> int:
    """Count again, under the lock that every change takes; return how many."""
    for each in differences:
        with writing_for(each.owner_id), require_binding().connection.cursor() as cursor:
            AuthorCount.objects.of(each.owner_id).select_for_update().first()
            cursor.execute(_COUNTED, [[each.owner_id]])
            [(_, _, posts)] = cursor.fetchall()
            AuthorCount.objects.of(each.owner_id).update(posts=posts)
    return len(differences)


audits.register(Audit("posts.counts", audits.owners_of(AuthorCount), compare_counts, repair_counts))
