"""What stands beside the cards of a page: its `state`, for all and for the viewer, and what posts show."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from modules.kernel.cards import Beside, RenderedCard
from modules.media.public import map_json
from modules.media.schemas import MediaHead
from modules.posts.schemas import CountHead, Marks, PostCounts, PostHead
from modules.posts.selectors import marks
from modules.posts.selectors.post_counts import ZEROS
from sharding.scatter import Unavailable

_ZEROS = ZEROS.json
_NO_MARKS = Marks(reactions=[], is_bookmarked=False).json_bytes()


class PageState:
    """
    The counts of a page's posts, the viewer's own marks on them, and the media that they show.

    They come by the round trip of the cards: `ask` and `take` stand around it, once for each round of a page.
    With None for a viewer, which is not the same as nobody, there are counts alone: for answers with an ETag.
    """

    __slots__ = ("_counts", "_marks", "_media", "_unknown", "_viewer_id", "is_partial")

    def __init__(self, viewer_id: int | None) -> None:
        """Keep who looks; 0 is nobody."""
        self._viewer_id = viewer_id
        self._counts: dict[int, bytes] = {}
        self._unknown: set[int] = set()
        self._marks: dict[int, bytes] = {}
        self._media: dict[int, RenderedCard[MediaHead]] = {}
        # Whether something of it cannot be read now.
        self.is_partial = False

    def ask(self, post_ids: Collection[int]) -> Beside | None:
        """Return what is to be asked beside cards: the viewer's marks on these posts."""
        return marks.ask(self._viewer_id, post_ids) if self._viewer_id and post_ids else None

    def take(
        self,
        post_ids: Sequence[int],
        counts: Mapping[int, RenderedCard[CountHead]],
        beside: Beside | None,
        unavailable: Unavailable,
    ) -> None:
        """Take what came of it, and what cannot be read now."""
        self._counts.update({id: card.json for id, card in counts.items()})
        self._unknown.update(unavailable)
        if beside is not None and self._viewer_id:
            found = marks.read(self._viewer_id, post_ids, beside.reply)
            if found is None:
                self.is_partial = True
                self._marks.update(dict.fromkeys(post_ids, b"null"))
            else:
                self._marks.update(found)

    def map_counts(self, post_ids: Iterable[int]) -> dict[int, PostCounts]:
        """Return what is counted of these posts; those of which nothing is are absent."""
        counts = self._counts
        return {id: PostCounts.model_validate_json(counts[id]) for id in post_ids if id in counts}

    def take_media(self, media: Mapping[int, RenderedCard[MediaHead]]) -> None:
        """Take what posts show, of those that may be seen and others."""
        self._media.update(media)

    def media_of(self, *shown: Mapping[int, RenderedCard[PostHead]]) -> dict[int, bytes]:
        """Return the finished JSON of what these posts show, with addresses that hold now."""
        if not self._media:
            return {}
        posts = [card.head for cards in shown for card in cards.values() if card.head.media]
        return map_json(self._media, dict.fromkeys(id for head in posts for id in head.media_ids))

    def json_of(self, post_ids: Collection[int]) -> bytes:
        """Return the finished `state` of the posts that are shown; of one whose counts are unknown, none."""
        counts, own, unknown = self._counts, self._marks, self._unknown
        known = [id for id in post_ids if id not in unknown] if unknown else post_ids
        if self._viewer_id is None:
            parts = [b'"%d":{"counts":%b}' % (id, counts.get(id, _ZEROS)) for id in known]
        else:
            none = _NO_MARKS if self._viewer_id else b"null"
            plain = b'"%%d":{"counts":%b,"mine":%b}' % (_ZEROS, none)
            parts = [
                b'"%d":{"counts":%b,"mine":%b}' % (id, counts.get(id, _ZEROS), own.get(id, none))
                if id in counts or id in own
                else plain % id
                for id in known
            ]
        return b"{%b}" % b",".join(parts)
