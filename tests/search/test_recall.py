"""What is found is what a scan by regular expressions finds, of what the viewer may see."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from modules.graph import public as graph
from modules.kernel.cursors import Paging
from modules.posts.schemas import Audience, PastPost
from modules.posts.services.bulk import create_posts_in_bulk
from modules.search.selectors.posts import list_posts
from sharding.ids import make_id, moment_of, shard_of
from tests.kit.delivery import until_replicated
from tests.kit.pages import on
from tests.kit.people import make_person
from tests.search.kit import ids_of
from tests.search.scans import folded, query

pytestmark = pytest.mark.django_db

REAL = Path(__file__).parents[3] / "shared/data/posts.txt.gz"
QUERIES, POSTS = 200, 600
WORDS = (
    "café the a naïve Straße end.next x_y 1.5 don't of to be or not "
    "東京都 京都 スキー 서울에서 हिन्दी мир ΣΊΣΥΦΟΣ well-known mother-in-law l'été O\u2019Brien "
    "https://example.org/a-b?c=d_e&f=1#top www.example.org ada@example.com @ada_l #Forêt \U0001f525 "
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 caf\u00e9s cafe\u0301s "
    "\U0001f1eb\U0001f1f7paris naïve\U0001f44d 12:30 50% C++ .NET"
)


def generated(chance: random.Random) -> list[str]:
    words = WORDS.split()
    return [" ".join(chance.choices(words, k=chance.randint(1, 12))) for _ in range(POSTS)]


def real(chance: random.Random) -> list[str]:
    with gzip.open(REAL, "rt") as lines:
        return chance.sample([line.strip() for line in lines], POSTS)


@pytest.mark.parametrize("texts", [generated, *([real] if REAL.exists() else [])])
def test_two_hundred_queries_find_what_a_scan_finds(texts):
    chance = random.Random(11)
    authors = [make_person(shard=shard) for shard in (0, 2047, 2048, 4095)]
    rows = texts(chance)
    people = [chance.choice(authors) for _ in rows]
    audiences: list[Audience] = [chance.choice(["public", "public", "followers"]) for _ in rows]
    create_posts_in_bulk(
        [
            PastPost(author.id, text, moment_of(n << 22), 7, audience=audience)
            for n, (author, text, audience) in enumerate(zip(people, rows, audiences, strict=True), 1)
        ]
    )
    until_replicated()
    reader = make_person()
    graph.follow(reader.id, authors[0].id)
    seen = {
        make_id(n, shard_of(author.id), 7): folded(text)
        for n, (author, text, audience) in enumerate(zip(people, rows, audiences, strict=True), 1)
        if audience == "public" or author is authors[0]
    }

    for _ in range(QUERIES):
        line, patterns = query(rows, chance)
        expected = [id for id, text in seen.items() if all(each.search(text) for each in patterns)]
        assert walk(line, reader.id) == expected[::-1], line


def walk(line: str, reader_id: int) -> list[int]:
    """Return all that is found, page by page."""
    paging = Paging.first(100)
    page = list_posts(line, paging, viewer=graph.viewer_of(reader_id))
    found = ids_of(page)
    while page.next is not None:
        page = list_posts(line, on(paging, page.next), viewer=graph.viewer_of(reader_id))
        found += ids_of(page)
    return found
