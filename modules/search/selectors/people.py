"""
People who are found by their names, of those whom the viewer may see as of now.

First whose username it is, then who is followed by most. As with posts, nothing of an answer depends on whom
the viewer may not see. Where nobody is called so, those are shown whose names are like it.
"""

from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from modules.graph.schemas import Viewer
from modules.kernel.cards import RenderedCard
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.profiles import public as profiles
from modules.profiles.schemas import UserHead, UserPage
from modules.search.errors import NothingToLookFor, TooManyTerms
from modules.search.models.folding import fold
from modules.search.selectors.depth import depth_of, neighbors, place_of
from sharding import everywhere
from sharding.scatter import Unavailable

_MAX_WORDS: Final = 10
_ROUNDS: Final = 5
_MATCHES: Final = 100
# Ordered by what the cursor holds. Nobody is at the top.
_TOP: Final = (2, 0, 0)
# One for each word: of `LIKE ALL` the planner makes no question to an index.
_HAS_WORD: Final = "words LIKE %s"
_NAMED: Final = """
    SELECT is_exact, followers, user_id FROM (
        SELECT (username = %s)::int AS is_exact, followers, user_id
        FROM search_foundperson WHERE is_open AND {has_words}) AS named
    WHERE (is_exact, followers, user_id) {beyond} (%s, %s, %s)
    ORDER BY is_exact {order}, followers {order}, user_id {order} LIMIT %s"""
# `%>` goes by the index; what it takes for alike is a setting of the server (0.6).
_ALIKE: Final = """
    SELECT 0, followers, user_id FROM search_foundperson WHERE is_open AND words %%> %s
    ORDER BY word_similarity(%s, words) DESC, followers DESC, user_id DESC LIMIT %s"""


class _Rank(NamedTuple):
    """Where somebody stands among those who are found."""

    is_exact: int
    followers: int
    user_id: int


class _Found(NamedTuple):
    """Of one page: who is shown, nearest to its place first, and where the looking ended if it had to."""

    shown: list[_Rank]
    cards: dict[int, RenderedCard[UserHead]]
    looked_to: _Rank | None
    has_more: bool
    unavailable: Unavailable


def list_people(line: str, paging: Paging, *, viewer: Viewer) -> Rendered[UserPage]:
    """
    Return a page of those who are called as the line says, every word of it beginning one of their names'.

    One read of the directory for a round, the cards, and one read of each instance for the counts.

    :raises QueryRefused: if there is no word in the line, or too many
    :raises InstanceUnavailable: if the directory does not answer in time
    """
    words = fold(line)
    if not words:
        raise NothingToLookFor
    if len(words) > _MAX_WORDS:
        raise TooManyTerms
    found = _find(_to_username(line), words, paging, viewer)
    if paging.position is None and not found.shown and not found.has_more:
        found = _find_alike(" ".join(words), paging.limit, viewer)
    next, prev = neighbors(
        paging,
        _ends(found),
        shown=len(found.shown),
        has_older=found.has_more,
        deepest=settings.SEARCH.max_depth,
    )
    ids = [rank.user_id for rank in found.shown]
    return profiles.build_user_page(
        ids[::-1] if paging.newer else ids,
        {id: card.json for id, card in found.cards.items()},
        next=next,
        prev=prev,
        unavailable=found.unavailable,
    )


def _to_username(line: str) -> str:
    """Return the username that a line may be, as people type it."""
    return line.strip().removeprefix("@").lower()


def _find(username: str, words: tuple[str, ...], paging: Paging, viewer: Viewer) -> _Found:
    """Look at whom a query names, from a place on, until the page is full or nobody more is there."""
    limit = min(paging.limit, settings.SEARCH.max_depth - depth_of(paging))
    found = _Found([], {}, None, has_more=False, unavailable={})
    place, wanted = place_of(paging, top=_TOP), limit + 1
    patterns = [f"% {_escape(word)}%" for word in words]
    for _ in range(_ROUNDS):
        ranks = _read(_named(paging, len(words)), [username, *patterns, *place, wanted])
        found = _add(found, ranks, viewer)
        if len(found.shown) > limit:
            return found._replace(shown=found.shown[:limit], looked_to=None)
        if len(ranks) < wanted:
            return found._replace(has_more=False, looked_to=None)
        place, wanted = ranks[-1], _MATCHES
    return found


def _find_alike(words: str, limit: int, viewer: Viewer) -> _Found:
    """Return those whose names are most like this; there is nothing beneath them."""
    found = _add(
        _Found([], {}, None, has_more=False, unavailable={}), _read(_ALIKE, [words, words, limit]), viewer
    )
    return found._replace(has_more=False, looked_to=None)


def _named(paging: Paging, words: int) -> str:
    return _NAMED.format(
        has_words=" AND ".join([_HAS_WORD] * words),
        beyond=">" if paging.newer else "<",
        order="ASC" if paging.newer else "DESC",
    )


def _read(statement: str, params: list[Any]) -> list[_Rank]:
    def read(cursor: CursorWrapper) -> list[_Rank]:
        cursor.execute(statement, params)
        return [_Rank(*row) for row in cursor.fetchall()]

    return everywhere.read_directory_within(read, settings.SEARCH.within_s)


def _add(found: _Found, ranks: list[_Rank], viewer: Viewer) -> _Found:
    """Return what was found with those of some more people whom the viewer may see."""
    if not ranks:
        return found
    unavailable = dict(found.unavailable)
    cards = profiles.map_cards([rank.user_id for rank in ranks], viewer=viewer, unavailable=unavailable)
    return _Found(
        [*found.shown, *(rank for rank in ranks if rank.user_id in cards)],
        found.cards | cards,
        ranks[-1],
        has_more=True,
        unavailable=unavailable,
    )


def _ends(found: _Found) -> tuple[_Rank, _Rank] | None:
    ranks = [*found.shown, *([found.looked_to] if found.looked_to else [])]
    return (max(ranks), min(ranks)) if ranks else None


def _escape(word: str) -> str:
    """Return a word as LIKE takes it for itself; letters and digits alone are in it, and pictures."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
