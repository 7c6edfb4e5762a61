"""The posts of a tag, tags by their beginning, and how much tags are used."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import BigIntegerField, F, FloatField, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import Exp, Extract

from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.posts.models import TagPost, TagStat, TagTotal
from modules.posts.schemas import PostKey, TagCard, TagPage
from sharding.ids import id_of_key

# As many trend at most.
TRENDING: Final = 50
# Whoever used a tag so long ago makes it trend 1/e as much as who does now.
_FADING: Final = timedelta(hours=8)


class _Tie(Func):
    """What orders tags of equally many authors: a number made of the word, for cursors hold nothing else."""

    function = "hashtextextended"
    output_field = BigIntegerField()


def tag_id_of(tag: str) -> int:
    """Return the owner of all that is kept by a tag, which has to be in its canonical form."""
    return id_of_key("tag", tag)


def list_tagged_ids(tag: str, *, place: int, newer: bool, limit: int) -> list[PostKey]:
    """
    Return the public posts with a tag next to a place, nearest first: below it, or above it.

    What was public when it was written; who may see it now is not asked. One read of an index.

    :raises InstanceUnavailable: if the tag's instance cannot be reached
    """
    rows = TagPost.objects.of(tag_id_of(tag)).filter(is_active=True)
    if newer:
        rows = rows.filter(post_id__gt=place).order_by("post_id")
    else:
        rows = rows.filter(post_id__lt=place).order_by("-post_id")
    return [PostKey(*key) for key in rows.values_list("post_id", "author_id")[:limit]]


def search_tags(beginning: str, paging: Paging, *, now: datetime) -> TagPage:
    """
    Return a page of tags by their beginning, which is in canonical form, those of most authors first.

    Two reads of the directory, the second of a day's hours of those that were found. A tag that more people
    use meanwhile moves up: whoever walks on down meets it once at most.
    """
    if not beginning:
        return TagPage.plain([])
    rows = list(_beyond(beginning, paging)[: paging.limit + (not paging.newer)])
    shown = rows[: paging.limit]
    if paging.newer:
        shown.reverse()
    tags = [tag for tag, *_ in shown]
    used = {row["tag"]: row for row in _add_up(TagStat.objects.filter(tag__in=tags), now)} if tags else {}
    ends = (shown[0][1:], shown[-1][1:]) if shown else None
    next, prev = keyset.neighbors_of_places(paging, ends, has_older=len(rows) > paging.limit)
    cards = [_to_card(used.get(tag, {"tag": tag, "used": 0, "users": 0})) for tag in tags]
    return TagPage.plain(cards, next=next, prev=prev)


def _beyond(beginning: str, paging: Paging) -> Any:
    """Return (tag, authors, tie) of what is beyond the cursor, nearest to it first."""
    found = TagTotal.objects.filter(tag__startswith=beginning).annotate(tie=_Tie("tag", Value(0)))
    if paging.position is not None:
        authors, tie = paging.position
        side = "gt" if paging.newer else "lt"
        found = found.filter(
            Q(**{f"authors__{side}": authors}) | Q(**{"authors": authors, f"tie__{side}": tie})
        )
    order = ("authors", "tie") if paging.newer else ("-authors", "-tie")
    return found.order_by(*order).values_list("tag", "authors", "tie")


def list_trending_tags(*, now: datetime) -> list[TagCard]:
    """
    Return the tags that most people have used in the last 24 hours, of late above all.

    One read of the directory, of all that was used in a day: for the clock, not for requests.
    """
    age = Extract(Value(now) - F("hour"), "epoch", output_field=FloatField())
    weight = Exp(age / Value(-_FADING.total_seconds()))
    rows = _add_up(TagStat.objects.all(), now).annotate(
        score=Sum(F("authors") * weight, output_field=FloatField())
    )
    trending = rows.filter(users__gte=settings.POSTS.trend_authors).order_by("-score", "tag")
    return [_to_card(row) for row in trending[:TRENDING]]


def _add_up(stats: QuerySet[TagStat], now: datetime) -> Any:
    """Return what these hours come to in 24 of them, this one included, by tag."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    rows: Any = stats.filter(hour__gte=first).values("tag")
    return rows.annotate(used=Sum("posts"), users=Sum("authors"))


def _to_card(row: dict[str, Any]) -> TagCard:
    return TagCard(tag=row["tag"], posts=row["used"], authors=row["users"])
