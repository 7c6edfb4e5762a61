"""
What is counted of posts, as finished JSON beside their cards.

Kept under `postcount:{id}` by the rule of all cards: only a newer version replaces one. Of most posts nothing
is counted. That is kept too, as a tombstone of version 0: ten bytes, and nothing for a page to look at.
"""

from modules.kernel.card_layout import Layout
from modules.kernel.cards import CardKind, RenderedCard, register
from modules.posts.models import PostCount
from modules.posts.schemas import POST_COUNT, CountHead, PostCounts
from sharding.scatter import Unavailable

_HEAD = CountHead()


def render(counts: PostCount) -> RenderedCard[CountHead]:
    """Return what a row counts as it is kept."""
    shape = PostCounts(
        replies=counts.replies,
        reposts=counts.reposts,
        quotes=counts.quotes,
        # In one order wherever they were kept: an ETag covers them.
        reactions=dict(sorted(counts.reactions.items())),
    )
    return RenderedCard(_HEAD, shape.json_bytes(), counts.version)


ZEROS = render(PostCount(version=0, replies=0, reposts=0, quotes=0, reactions={}))


class _Layout(Layout[CountHead]):
    def pack(self, card: RenderedCard[CountHead]) -> bytes:
        """Return the entry of what is counted, a tombstone where nothing is."""
        return super().pack(card) if card.version else self.pack_tombstone(0)


def render_counts(
    post_ids: list[int], *, unavailable: Unavailable | None = None
) -> dict[int, RenderedCard[CountHead]]:
    """
    Return what is counted of these posts, of which some may not exist. One read per instance.

    Of primaries: what is rendered is kept for everybody.

    :raises InstanceUnavailable: without `unavailable`, which else takes what is absent for that reason
    """
    found = PostCount.objects.gather(post_ids, on_primary=True, unavailable=unavailable)
    rows = {row.post_id: render(row) for row in found}
    return {id: rows.get(id, ZEROS) for id in post_ids if not unavailable or id not in unavailable}


COUNTS = register(
    CardKind(POST_COUNT, _Layout(CountHead, "", revision=1), ttl=3600, render=render_counts, announced=True)
)
