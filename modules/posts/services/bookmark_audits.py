"""The audit of bookmarks: how many a user keeps, beside the bookmarks themselves."""

from collections.abc import Iterator, Sequence

from django.db.backends.utils import CursorWrapper

from modules.posts.models import Bookmark, MarkCount
from sharding import audits
from sharding.audits import Audit, Difference
from sharding.scatter import read_per_instance
from sharding.scope import writing_for

_MISCOUNTED = """
    SELECT count.user_id, count.bookmarks, there.bookmarks
    FROM posts_markcount AS count CROSS JOIN LATERAL (
        SELECT count(*) AS bookmarks FROM posts_bookmark AS kept WHERE kept.user_id = count.user_id) AS there
    WHERE count.user_id = ANY(%s) AND count.bookmarks <> there.bookmarks"""


def compare_counts(owner_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield the users whose count is not the number of their bookmarks; both were read at one moment."""

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[int, int, int]]:
        cursor.execute(_MISCOUNTED, [mine])
        rows: list[tuple[int, int, int]] = cursor.fetchall()
        return rows

    for user_id, counted, there in read_per_instance(owner_ids, read, on_primary=True):
        yield Difference(user_id, "counts_differ", known=(counted, there))


def repair_counts(differences: Sequence[Difference]) -> int:
    """Count again, under the lock that every change takes; return how many."""
    for each in differences:
        with writing_for(each.owner_id):
            counts = MarkCount.objects.of(each.owner_id)
            counts.select_for_update().first()
            counts.update(bookmarks=Bookmark.objects.of(each.owner_id).count())
    return len(differences)


audits.register(Audit("posts.bookmark_counts", audits.owners_of(MarkCount), compare_counts, repair_counts))
