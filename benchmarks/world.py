"""The people under measure: a real or generated graph, loaded by the demo's loader, and who calls."""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console

from benchmarks.lively import Lively, enliven
from benchmarks.people import FULL_PAGE, Person, log_in, make_people
from deploy.demo.load import POSTS_AT_ONCE, SPACING, last_past_moment, load
from deploy.demo.progress import step
from deploy.demo.source import SEED, WORDS, Source
from modules.graph import public as graph
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.media.schemas import NewMedia
from modules.media.services.uploads import create_media
from modules.posts import public as posts
from modules.posts.schemas import PastPost
from modules.posts.services.reactions import add_reaction
from modules.timelines import public as timelines
from modules.timelines.schemas import NewList
from modules.timelines.services.lists import add_member, create_list

FOLLOWS_EACH = 60
POSTS_EACH = 4  # one by the demo's loader, the others here
PAST = 40  # posts of each writer
READERS, WRITERS = 500, 64
TEXTS = 500
WORD = re.compile(r"\b[a-z]{4,}\b")


@dataclass(frozen=True, slots=True)
class World:
    """Readers whose homes fill a page, writers whom nobody follows, and the most followed author."""

    readers: list[Person]
    writers: list[Person]
    star: Person
    star_followers: list[int]
    post_ids: list[int]
    # A list of each of some readers; and pages of posts, a quarter of which their reader likes.
    lists: list[tuple[Person, int]]
    marked: list[tuple[Person, list[int]]]
    lively: Lively
    # What is searched for; and one announced upload of each writer.
    words: list[str]
    usernames: list[str]
    media_ids: list[int]
    facts: dict[str, int]


def generate(users: int) -> Source:
    """Return a graph in which a few are followed by almost everybody, the same on every machine."""
    draw = random.Random(SEED)
    people, weights = range(users), [1 / (number + 1) for number in range(users)]
    edges = {
        (follower, followee)
        for follower in people
        for followee in draw.choices(
            people, weights, k=draw.randint(FOLLOWS_EACH // 2, FOLLOWS_EACH * 3 // 2)
        )
        if follower != followee
    }
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(1, 6))) for _ in range(TEXTS)]
    return Source(users=users, follows=sorted(edges), texts=texts)


def populate(source: Source, many: int | None, console: Console) -> World:
    """
    Load the graph and so many posts, let sampled readers and writers log in, and warm the readers' homes.

    Without a number of posts there are four of everybody.
    """
    ids = load(source, console)
    more = max(source.users * (POSTS_EACH - 1), (many or 0) - source.users)
    with step("More posts", more, console) as shown:
        for past in _chunks(_more_posts(source, ids, more)):
            posts.create_posts_in_bulk(past, on_progress=shown.advance)
    readers = [log_in(ids[number]) for number in _choose_readers(source)]
    star = log_in(ids[_most_followed(source)])
    # Nobody follows them, so that what they write leaves the readers' homes alone.
    writers = make_people("writer", WRITERS)
    _give_a_past(writers, source)
    seen = _see_homes(readers)
    star_followers = [id for batch in graph.batch_follower_ids(star.id) for id in batch]
    lists, marked = _make_lists(readers[:WRITERS]), _mark(readers[:WRITERS], seen, console)
    return World(
        readers=readers,
        writers=writers,
        star=star,
        star_followers=star_followers,
        post_ids=seen,
        lists=lists,
        marked=marked,
        lively=enliven(writers, readers, seen, star.id, console),
        words=_choose_words(source),
        usernames=[source.username(number) for number in range(min(source.users, WRITERS))],
        media_ids=_make_media(writers),
        facts={
            "users": source.users,
            "follows": len(source.follows),
            "posts": source.users + more + len(writers) * PAST,
            "readers": len(readers),
        },
    )


def _give_a_past(writers: list[Person], source: Source) -> None:
    """Let each have written more than a page."""
    posts.create_posts_in_bulk(
        PastPost(
            author_id=writer.id,
            text=source.text_of(number * PAST + at),
            published_at=source.first_post - (at + 1) * SPACING,
            sequence=number,
        )
        for number, writer in enumerate(writers)
        for at in range(PAST)
    )


def _make_lists(readers: list[Person]) -> list[tuple[Person, int]]:
    """Return a list of each reader's, with the first of those whom they follow."""
    made = []
    for reader in readers:
        viewer = graph.viewer_of(reader.id)
        list_id = create_list(reader.id, NewList(name="Near"), once=None).id
        for member_id in graph.list_following_ids(reader.id)[:FULL_PAGE]:
            add_member(list_id, member_id, viewer=viewer)
        made.append((reader, list_id))
    return made


def _mark(readers: list[Person], seen: list[int], console: Console) -> list[tuple[Person, list[int]]]:
    """Return a page of posts for each reader, who likes every fourth of it."""
    draw, pages = random.Random(SEED), []
    with step("Likes", len(readers), console) as shown:
        for reader in readers:
            ids = draw.sample(seen, FULL_PAGE)
            for post_id in ids[::4]:
                add_reaction(reader.id, post_id, "like")
            pages.append((reader, ids))
            shown.advance(1)
    return pages


def _chunks(past: Iterator[PastPost]) -> Iterator[list[PastPost]]:
    while chunk := list(itertools.islice(past, POSTS_AT_ONCE)):
        yield chunk


def _more_posts(source: Source, ids: list[int], more: int) -> Iterator[PastPost]:
    begin = last_past_moment(source)
    for at in range(more):
        number = at % source.users
        yield PastPost(
            author_id=ids[number],
            text=source.text_of(at),
            published_at=begin + SPACING + at * timedelta(seconds=1),
            sequence=number % 1024,
        )


def _choose_readers(source: Source) -> list[int]:
    following: dict[int, int] = defaultdict(int)
    for follower, _ in source.follows:
        following[follower] += 1
    able = [number for number, many in sorted(following.items()) if many * POSTS_EACH > FULL_PAGE]
    return random.Random(SEED).sample(able, min(READERS, len(able)))


def _most_followed(source: Source) -> int:
    return source.followers().most_common(1)[0][0]


def _choose_words(source: Source) -> list[str]:
    """Return words as they stand in texts: the more often, the more of them."""
    draw = random.Random(SEED)
    words = [
        word
        for text in draw.sample(source.texts, min(TEXTS, len(source.texts)))
        for word in WORD.findall(text)
    ]
    return draw.sample(words, min(WRITERS, len(words)))


def _make_media(owners: list[Person]) -> list[int]:
    new = NewMedia(type="image/jpeg", bytes=1_000_000)
    return [create_media(owner.id, new, now=clock.now(), once=None).id for owner in owners]


def _see_homes(readers: list[Person]) -> list[int]:
    """Read every reader's home, which warms it, and return the posts that were seen."""
    seen: dict[int, None] = {}
    for reader in readers:
        page = timelines.get_home(graph.viewer_of(reader.id), Paging.first(FULL_PAGE))
        ids = [card.id for card in page.parse().data]
        assert len(ids) == FULL_PAGE, f"the home of {reader.id} does not fill a page"
        seen |= dict.fromkeys(ids)
    return list(seen)
