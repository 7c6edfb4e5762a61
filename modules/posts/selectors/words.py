"""
Posts by their words: next to a place, on every instance, in a time that is given.

Two ways lead to the newest matches, and either alone is slow for some queries. The index knows all matches
and not which are the newest: of a word that stands in half of all posts it would fetch these and sort them.
Walking down from the place makes the words of each post anew, which for a rare word ends at the first post
ever. What the planner's statistics say of the words decides: a walk where matches are dense, no farther than
what the index would cost, and else, or if that found too few, the index. PostgreSQL's own choice is no help:
it counts a row that the index has found as dear as one whose words are made anew.

Of a phrase the index knows only that all its words are there. In what order they stand is read from the
newest on, until there are enough.
"""

import json
import re
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from modules.kernel.stored_json import to_text
from modules.posts.schemas import REPOST, Matches, PostKey, PostQuery, Term
from sharding import everywhere

# So many rows that the index has found are fetched in the time in which the words of one are made.
_MAKING_WORDS: Final = 30
# Of posts that have the words of a phrase one in so many has the phrase; nothing tells how many have.
_IN_ORDER: Final = 10
_LONGEST_WALK: Final = 1000
_PLACES: Final = re.compile(r"{(\w+)}")
_ONE_WORD: Final = re.compile(r"[^\W_]+", re.ASCII)

_SHOWN: Final = f"deleted_at IS NULL AND kind <> {REPOST}"
_ROWS: Final = "SELECT reltuples FROM pg_class WHERE oid = 'posts_post'::regclass"
_ESTIMATE: Final = "EXPLAIN (FORMAT JSON) SELECT FROM posts_post WHERE {indexed}"
# The inner limit is what bounds the walk. Nothing else stands beside it that the planner would take for rare,
# or it would sort the whole table.
_WALK: Final = """
    SELECT id, author_id FROM (
        SELECT id, author_id, text, entities, deleted_at, kind FROM posts_post
        WHERE {beyond} ORDER BY id {order} LIMIT {window}) AS near
    WHERE {shown} AND {tagged} AND {worded} ORDER BY id {order} LIMIT {limit}"""
# Materialized, so that the order cannot lead the planner to another index; and sorted before the order of
# words is looked at, for the same reason.
_LOOK_UP: Final = """
    WITH found AS MATERIALIZED (
        SELECT id, author_id, {text} FROM posts_post WHERE {beyond} AND {shown} AND {indexed} AND {tagged})
    SELECT id, author_id FROM (SELECT * FROM found ORDER BY id {order} OFFSET 0) AS found
    WHERE {ordered} ORDER BY id {order} LIMIT {limit}"""


class _Condition(NamedTuple):
    """A part of a WHERE, of constants alone, and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


_ANYTHING: Final = _Condition("true")


class _Conditions(NamedTuple):
    """What holds of the posts that a query finds, as each way asks for it."""

    # All that is said of words; as much of it as the index knows by itself; and what is left then.
    worded: _Condition
    indexed: _Condition
    ordered: _Condition
    tagged: _Condition


def list_matching(query: PostQuery, *, place: int, newer: bool, limit: int, within: float) -> Matches:
    """
    Return what a query finds next to a place, nearest first, and where `within` seconds were too few.

    Whether anybody may see what is found is for `map_visible` to say. One transaction on each instance, or on
    the author's alone: at most five statements. Newer posts are looked for on primaries, as in all lists.
    """
    conditions = _conditions(query)
    beyond = _beyond(query, place, newer=newer)
    order = "ASC" if newer else "DESC"

    def read(cursor: CursorWrapper, ranges: str) -> list[PostKey]:
        shown = _Condition(f"{_SHOWN} AND shard_of(author_id) <@ %s::int4multirange", (ranges,))
        parts = {"beyond": beyond, "shown": shown} | conditions._asdict()
        if not (query.terms or query.tags):
            return _fetch(cursor, _WALK, parts, order=order, limit=limit, window=limit)
        window = _window(cursor, query, conditions, limit)
        walked = _fetch(cursor, _WALK, parts, order=order, limit=limit, window=window) if window else []
        if len(walked) == limit:
            return walked
        text = "NULL" if conditions.ordered is _ANYTHING else "text"
        return _fetch(cursor, _LOOK_UP, parts, order=order, limit=limit, text=text)

    found = everywhere.read_within(read, within, owner_id=query.author_id, on_primary=newer)
    return Matches(sorted(found.rows, reverse=not newer)[:limit], found.missing)


def _window(cursor: CursorWrapper, query: PostQuery, conditions: _Conditions, limit: int) -> int:
    """Return through how many rows it is worth to walk; none, if the index alone is faster."""
    cursor.execute(_ROWS)
    [[rows]] = cursor.fetchall()
    indexed = conditions.indexed
    cursor.execute(_ESTIMATE.format(indexed=indexed.sql), indexed.params)
    [[plan]] = cursor.fetchall()
    matches = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Plan Rows"]
    wanted = limit if conditions.ordered is _ANYTHING else limit * _IN_ORDER
    window = matches // _MAKING_WORDS + (0 if conditions.ordered is _ANYTHING else wanted)
    walked = wanted if query.author_id else wanted * rows / max(matches, 1)
    # Less than nothing are the rows of a table that nobody has looked at yet.
    return min(window, _LONGEST_WALK) if 0 < walked <= window else 0


def _beyond(query: PostQuery, place: int, *, newer: bool) -> _Condition:
    """Return what holds of all posts beyond a place, or of an author's, which have an index of their own."""
    beyond = f"id {'>' if newer else '<'} %s"
    if query.author_id is None:
        return _Condition(beyond, (place,))
    return _Condition(f"author_id = %s AND {_SHOWN} AND {beyond}", (query.author_id, place))


def _conditions(query: PostQuery) -> _Conditions:
    """Return what holds of the posts that a query finds. A tag is a word too, which the index knows."""
    terms = [*query.terms, *(Term(tag, "phrase") for tag in query.tags)]
    indexed = [part for term in terms if (part := _indexed(term))]
    is_exact = indexed == (worded := [_worded(term) for term in terms])
    tagged = _Condition(
        "entities::jsonb @> %s::jsonb", (to_text([{"type": "tag", "tag": tag} for tag in query.tags]),)
    )
    return _Conditions(
        _matching(worded),
        _matching(indexed),
        _ANYTHING if is_exact else _matching(worded),
        tagged if query.tags else _ANYTHING,
    )


def _worded(term: Term) -> _Condition:
    """Return the query of a term."""
    calls = {"phrase": "post_phrase(%s)", "prefix": "post_prefix(%s)", "without": "!!post_phrase(%s)"}
    return _Condition(calls[term.kind], (term.text,))


def _indexed(term: Term) -> _Condition | None:
    """Return the query that the index answers without the post; it cannot tell where a phrase is not."""
    if _ONE_WORD.fullmatch(term.text) or term.kind == "prefix":
        return _worded(term)
    return _Condition("post_all(%s)", (term.text,)) if term.kind == "phrase" else None


def _matching(queries: list[_Condition]) -> _Condition:
    if not queries:
        return _ANYTHING
    params = tuple(value for query in queries for value in query.params)
    return _Condition(f"post_words(text) @@ ({' && '.join(query.sql for query in queries)})", params)


def _fetch(
    cursor: CursorWrapper, statement: str, parts: dict[str, _Condition], **figures: str | int
) -> list[PostKey]:
    """Run a statement whose places are filled with conditions, in whatever order they stand in it."""
    params = [value for name in _PLACES.findall(statement) if name in parts for value in parts[name].params]
    cursor.execute(statement.format(**{name: part.sql for name, part in parts.items()}, **figures), params)
    return [PostKey(*row) for row in cursor.fetchall()]
