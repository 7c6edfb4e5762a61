"""Popular posts: what many react to, pass on and reply to, of late above all; counted by the clock."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import F, Func, IntegerField, QuerySet, Value
from django.db.models.functions import Greatest, Least, Power

from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel.cards import RenderedCard
from modules.posts.models import PostCount
from modules.posts.schemas import REPOST, PostHead, RankedPost
from modules.posts.selectors.visibility import map_visible
from sharding.ids import EPOCH, make_id
from sharding.querysets import ShardedQuerySet

# So many are looked at of each instance, and so many are kept; of one author the best few.
_CANDIDATES: Final = 1_000
KEPT: Final = 200
OF_AN_AUTHOR: Final = 2
_WITHIN_S: Final = 10.0
_CARDS: Final = 200
# Whoever passes something on says more than who likes it. A post of this age, in hours, counts for a third.
_SHARE: Final = 2
_SOFTENED, _GRAVITY = 2.0, 1.5


class Popular(NamedTuple):
    """Posts that everybody may see, the most popular first; partial if an instance did not answer."""

    posts: list[RankedPost]
    is_partial: bool


class _Reactions(Func):
    """How many reactions there are, of all types."""

    template = "(SELECT coalesce(sum(value::integer), 0) FROM jsonb_each_text(%(expressions)s))"
    output_field = IntegerField()


def rank_posts(*, now: datetime) -> Popular:
    """
    Return the posts of the last hours (`popular_hours`) that are popular, at most two of an author.

    Reposts, which have nothing of their own, and replies, which mean little alone, are not among them. What
    is said about a post counts as much as people react to it or pass it on, so that nobody talks their own
    post up. One read of each instance, of what was counted of new posts, and the cards of the best.
    """
    found = PostCount.objects.everywhere(lambda rows: _best(rows, now), within=_WITHIN_S, on_primary=True)
    chosen: list[RankedPost] = []
    of_author: Counter[int] = Counter()
    is_partial = not found.complete
    ids = [row["post_id"] for row in found.rows]
    for first in range(0, len(ids), _CARDS):
        visible = map_visible(ids[first : first + _CARDS], viewer=PUBLIC_VIEWER)
        is_partial |= bool(visible.unavailable)
        chosen += _choose(visible.posts, of_author)
        if len(chosen) >= KEPT:
            break
    return Popular(chosen[:KEPT], is_partial)


def _choose(posts: Mapping[int, RenderedCard[PostHead]], of_author: Counter[int]) -> list[RankedPost]:
    chosen = []
    for id, post in posts.items():
        head = post.head
        if head.kind == REPOST or head.reply_to_author_id or of_author[head.author_id] == OF_AN_AUTHOR:
            continue
        of_author[head.author_id] += 1
        chosen.append(RankedPost(id, head.author_id))
    return chosen


def _best(rows: ShardedQuerySet[PostCount], now: datetime) -> QuerySet[PostCount, dict[str, Any]]:
    """Return the best of an instance, by a score that falls as posts grow older."""
    ms = (now - EPOCH) // timedelta(milliseconds=1)
    first = make_id(ms - settings.POSTS.popular_hours * 3_600_000, 0, 0)
    shared = F("reposts") + F("quotes")
    liked = _Reactions(F("reactions")) + shared * _SHARE
    hours = Greatest(Value(float(ms)) - F("post_id").bitrightshift(22), Value(0.0)) / Value(3_600_000.0)
    score = (liked + Least(F("replies"), liked)) / Power(hours + Value(_SOFTENED), Value(_GRAVITY))
    scored: Any = rows.filter(post_id__gte=first).annotate(score=score)
    best = scored.filter(score__gt=0.0).order_by("-score", "-post_id").values("post_id", "score")
    return best[:_CANDIDATES]  # type: ignore[no-any-return]
