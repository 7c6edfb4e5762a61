"""Why a home is as it is: the same page, and what was looked at on the way to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered, with_fields
from modules.posts import public as posts
from modules.posts.schemas import MENTIONED, REPOST
from modules.timelines.models.windows import Entry
from modules.timelines.schemas import (
    HomeCandidate,
    HomeExplanation,
    HomePage,
    HomeReason,
    HomeRule,
    HomeSource,
)
from modules.timelines.selectors.candidates import Candidates, list_candidates
from modules.timelines.selectors.home import load, look_for
from modules.timelines.selectors.ranked import look_by_rank
from modules.timelines.selectors.rounds import Looked, fill_page
from sharding.scatter import Unavailable


def explain_home(viewer: Viewer, paging: Paging, *, by_rank: bool = False) -> Rendered[HomePage]:
    """Return a page of the viewer's home as they get it, and of each post why it is there, or is not."""
    trace = _Trace(viewer)
    make_look = look_by_rank if by_rank else look_for
    look_untraced = make_look(viewer, paging, find=trace.find, load=trace.load)

    def look(place: int, wanted: int, unavailable: Unavailable, state: posts.PageState) -> Looked:
        looked = look_untraced(place, wanted, unavailable, state)
        trace.note(looked)
        return looked

    page = fill_page(paging, look, viewer=viewer)
    return with_fields(page, HomePage, {"explained": trace.explanation()})


class _Trace:
    """What was found in the rounds of one page, and how long it took."""

    def __init__(self, viewer: Viewer) -> None:
        """Know nothing yet."""
        self._viewer = self._before = viewer
        self._seconds = {"candidates": 0.0, "cards": 0.0}
        self._rounds = 0
        self._found = Candidates([], frozenset(), [], 0)
        self._candidates: list[HomeCandidate] = []

    def find(self, *args: Any, **kwargs: Any) -> Candidates:
        """Find candidates as the home does, and keep where they come from."""
        with self._timed("candidates"):
            self._found = list_candidates(*args, **kwargs)
        return self._found

    def load(self, entries: Sequence[Entry], viewer: Viewer, state: posts.PageState | None) -> posts.Visible:
        """Load cards as the home does, and keep who looks at them."""
        self._before = viewer
        with self._timed("cards"):
            return load(entries, viewer, state)

    def note(self, looked: Looked) -> None:
        """Note what became of the candidates that were found last."""
        self._rounds += 1
        found = self._found.entries
        entries = found[: len(looked.post_ids)] if looked.entries is None else looked.entries
        for at, entry in enumerate(entries):
            self._candidates.append(
                HomeCandidate(
                    post_id=entry.post_id,
                    author_id=entry.via_id,
                    reason=HomeReason.OWN if entry.via_id == self._viewer.id else HomeReason.FOLLOWED,
                    source=self._source(entry, is_pulled=at >= len(found) - self._found.from_shards),
                    dropped_by=self._find_rule(entry, looked),
                    score=looked.scores.get(entry.post_id) if looked.scores else None,
                )
            )

    def explanation(self) -> HomeExplanation:
        """Return all that was noted."""
        milliseconds = {name: round(took * 1000, 3) for name, took in self._seconds.items()}
        return HomeExplanation(
            candidates=self._candidates,
            rounds=self._rounds,
            candidates_ms=milliseconds["candidates"],
            cards_ms=milliseconds["cards"],
        )

    def _source(self, entry: Entry, *, is_pulled: bool) -> HomeSource:
        if not self._found.entries:
            return HomeSource.RANKING
        if is_pulled:
            return HomeSource.SHARDS
        return HomeSource.PULLED_AUTHOR if entry.via_id in self._found.pulled_ids else HomeSource.WINDOW

    def _find_rule(self, entry: Entry, looked: Looked) -> HomeRule | None:
        """Return why a candidate is not shown, or None if it is."""
        if entry.post_id in looked.shown_ids:
            return None
        if entry.post_id in looked.visible.unavailable:
            return HomeRule.UNAVAILABLE
        if entry.post_id not in looked.visible.posts:
            return HomeRule.NOT_VISIBLE
        return self._find_home_rule(entry, looked.visible)

    def _find_home_rule(self, entry: Entry, visible: posts.Visible) -> HomeRule:
        """Return why a visible post is not in the home."""
        head = visible.posts[entry.post_id].head
        if self._before.mutes(entry.via_id):
            return HomeRule.MUTED
        if not self._before.follows(entry.via_id):
            return HomeRule.NOT_FOLLOWED
        if head.audience == MENTIONED:
            return HomeRule.FOR_MENTIONED
        if head.kind == REPOST:
            if self._before.hides_reposts_of(entry.via_id):
                return HomeRule.REPOSTS_HIDDEN
            is_muted = visible.viewer.mutes(head.original_author_id)
            return HomeRule.MUTED if is_muted else HomeRule.REPEATED
        to_others = head.reply_to_author_id not in (0, head.author_id, self._viewer.id)
        if to_others and not visible.viewer.follows(head.reply_to_author_id):
            return HomeRule.REPLY_TO_OTHERS
        return HomeRule.REPEATED

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self._seconds[name] += perf_counter() - began
