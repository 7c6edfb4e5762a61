"""What is searched: posts of many, queries made of their texts, and what a scan of these finds."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.db import connections
from rich.console import Console

from benchmarks.people import make_people
from deploy.demo.load import POSTS_AT_ONCE
from deploy.demo.progress import in_chunks, step
from deploy.demo.source import FIRST_POST, WORDS
from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.posts import public as posts
from modules.posts.schemas import PastPost
from modules.search.selectors.posts import list_posts
from sharding.conf import settings as sharding_settings
from sharding.ids import EPOCH, make_id, shard_of
from tests.kit.delivery import until_replicated
from tests.kit.pages import on
from tests.search.scans import folded, query

_PAGE, _WHOLE = 20, 100


@dataclass(frozen=True, slots=True)
class Posted:
    """All texts by the ids of their posts, newest first, and somebody who reads."""

    texts: dict[int, str]
    reader_id: int


class Query(NamedTuple):
    """What is typed, and all that a scan finds, newest first."""

    line: str
    expected: list[int]


def load(file: Path | None, many: int, authors: int, console: Console) -> Posted:
    """Post so many texts, of a file again and again, or made up."""
    people = [one.id for one in make_people("author", authors)]
    given = _read(file) if file else _make_up(random.Random(11))
    texts: dict[int, str] = {}

    def past() -> Iterator[PastPost]:
        for at in range(many):
            author_id, moment = people[at % authors], FIRST_POST + at * timedelta(milliseconds=100)
            text = given[at % len(given)]
            texts[make_id((moment - EPOCH) // timedelta(milliseconds=1), shard_of(author_id), 7)] = text
            yield PastPost(author_id, text, moment, 7)

    with step("Posts", many, console) as shown:
        for chunk in in_chunks(list(past()), POSTS_AT_ONCE):
            posts.create_posts_in_bulk(chunk)
            shown.advance(len(chunk))
    for alias in sharding_settings().instances:
        # As autovacuum does: what the planner knows, and what waits beside the index.
        with connections[alias].cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) posts_post")
    until_replicated()
    [reader] = make_people("reader", 1)
    return Posted(dict(reversed(texts.items())), reader.id)


def take_queries(posted: Posted, many: int, chance: random.Random) -> list[Query]:
    """Return queries made of texts, with what a scan by regular expressions finds."""
    rows = list(posted.texts.values())
    # Many posts have the same text: each is looked at once.
    scanned = [(text, folded(text)) for text in dict.fromkeys(rows)]
    queries = []
    for _ in range(many):
        line, patterns = query(rows, chance)
        matching = {text for text, plain in scanned if all(each.search(plain) for each in patterns)}
        queries.append(Query(line, [id for id, text in posted.texts.items() if text in matching]))
    return queries


def hear_page(line: str, reader_id: int) -> dict[str, list[tuple[str, Any]]]:
    """Ask for the first page of a query, and return what it asks of which instance."""
    from benchmarks.trips import hearing
    from sharding.scatter import serially

    statements: dict[str, list[tuple[str, Any]]] = {}
    with serially(), hearing(statements):
        list_posts(line, Paging.first(_PAGE), viewer=graph.viewer_of(reader_id))
    return {alias: its for alias, its in statements.items() if any("post_words" in sql for sql, _ in its)}


def walk(line: str, reader_id: int) -> list[int]:
    """Return all that is found, page by page."""
    paging = Paging.first(_WHOLE)
    page = list_posts(line, paging, viewer=graph.viewer_of(reader_id))
    found = _ids_of(page)
    while page.next is not None:
        page = list_posts(line, on(paging, page.next), viewer=graph.viewer_of(reader_id))
        found += _ids_of(page)
    return found


def missing_of(line: str, reader_id: int) -> tuple[str, ...]:
    """Return which instances the first page of a query names as missing."""
    page = list_posts(line, Paging.first(_PAGE), viewer=graph.viewer_of(reader_id))
    return tuple(orjson.loads(page.json)["coverage"]["missing"])


def _ids_of(page: Any) -> list[int]:
    return [card.id for card in page.parse().data]


def _read(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [text for line in lines if (text := line.strip())]


def _make_up(chance: random.Random) -> list[str]:
    """Return texts of words of which some are frequent and most are rare."""
    words = [word.strip(".,") for text in WORDS for word in text.split()]
    words += [f"{first}{second}{at}" for at in range(40) for first in words[:10] for second in words[10:20]]
    weights = [1 / at for at in range(1, len(words) + 1)]
    return [" ".join(chance.choices(words, weights, k=chance.randint(4, 24))) for _ in range(20_000)]
