"""The window against a plain model of it: whatever happens in any order, a reader sees the right posts."""

from dataclasses import dataclass, field

import hypothesis
from hypothesis import given
from hypothesis import strategies as st

from modules.kernel.redis.servers import redis
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP, Entry
from modules.timelines.schemas import TimelineSettings
from tests.timelines.windows import AUTHORS, FIRST_POST, FOLLOWING, KEY, VIEWER, follow


@dataclass
class World:
    """All posts and follows, the news not yet heard, and one reader's window in Redis."""

    posts: list[Entry] = field(default_factory=list)
    follows: set[int] = field(default_factory=set)
    news: list[tuple[str, object]] = field(default_factory=list)
    pulls: list[tuple[bytes, list[Entry], int]] = field(default_factory=list)

    def right_answer(self):
        return sorted((entry for entry in self.posts if entry.via_id in self.follows), reverse=True)

    def publish(self, lateness, author):
        """Commit a post, perhaps after posts of later ids."""
        entry = Entry(FIRST_POST + 10 * len(self.posts) - lateness, AUTHORS[author])
        self.posts.append(entry)
        self.news.append(("published", entry))

    def follow(self, author):
        if AUTHORS[author] not in self.follows:
            self.follows.add(AUTHORS[author])
            self.news.append(("followed", AUTHORS[author]))
        follow(*self.follows)

    def unfollow(self, author):
        if AUTHORS[author] in self.follows:
            self.follows.discard(AUTHORS[author])
            self.news.append(("unfollowed", AUTHORS[author]))
        follow(*self.follows)

    def hear(self, which):
        """Hear some piece of news; others may come before older ones."""
        if self.news:
            self._hear(*self.news.pop(which % len(self.news)))

    def hear_and_keep(self, which):
        """Hear some piece of news that will come again."""
        if self.news:
            self._hear(*self.news[which % len(self.news)])

    def lose(self):
        redis("a").run(("DEL", KEY))

    def begin_cold_read(self):
        if token := windows.open_window(KEY):
            pulled = self.right_answer()[:PULL]
            self.pulls.append((token, pulled, pulled[-1].post_id if len(pulled) == PULL else 0))

    def end_cold_read(self, which):
        if self.pulls:
            token, pulled, floor = self.pulls.pop(which % len(self.pulls))
            windows.fill(KEY, token, pulled, floor=floor)

    def settle(self, limit):
        """Hear all there is, and find a reader's pages right."""
        while self.news:
            self.hear(0)
        assert self.read(limit) == self.right_answer()

    def read(self, limit):
        """Read all pages: from the window down to its floor, then by pull."""
        self.begin_cold_read()
        self.end_cold_read(0)
        pages, place = [], TOP
        while True:
            step = windows.read(VIEWER, FOLLOWING, place=place, limit=limit)
            page, floor = (step.entries, step.floor) if step else ([], TOP)
            older = [entry for entry in self.right_answer() if entry.post_id < min(place, floor)]
            page = page + older[: limit - len(page)]
            pages += page
            if len(page) < limit:
                break
            place = page[-1].post_id
        assert pages == sorted(set(pages), reverse=True)
        assert set(pages) <= set(self.right_answer())
        return pages

    def _hear(self, kind, fact):
        if kind == "published" and fact.via_id in self.follows:
            windows.push([KEY], fact)
        elif kind == "followed":
            newest = sorted((entry for entry in self.posts if entry.via_id == fact), reverse=True)
            windows.merge(KEY, newest[:SIZE])
        elif kind == "unfollowed" and fact not in self.follows:
            windows.scrub(KEY, fact)


SIZE, SLACK, PULL = 6, 2, 3
AUTHOR = st.integers(0, 3)
STEPS = {
    "publish": (5, st.tuples(st.sampled_from([0, 0, 0, 11, 52, 103]), AUTHOR)),
    "hear": (4, st.tuples(st.integers(0, 5))),
    "hear_and_keep": (1, st.tuples(st.integers(0, 5))),
    "follow": (2, st.tuples(AUTHOR)),
    "unfollow": (2, st.tuples(AUTHOR)),
    "lose": (1, st.just(())),
    "begin_cold_read": (2, st.just(())),
    "end_cold_read": (2, st.tuples(st.integers(0, 1))),
    "settle": (2, st.tuples(st.integers(1, 5))),
}
step = st.one_of(
    [st.tuples(st.just(verb), given) for verb, (weight, given) in STEPS.items() for _ in range(weight)]
)


@given(st.lists(step, min_size=40, max_size=80))
@hypothesis.settings(
    max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck), derandomize=True
)
def test_a_reader_sees_exactly_the_right_posts_in_order(settings, clean_redis, steps):
    settings.TIMELINES = TimelineSettings(window_size=SIZE, slack=SLACK, pull_size=PULL)
    redis("a").run(("DEL", KEY, FOLLOWING))
    world = World()
    for author in (0, 1, 2):
        world.follow(author)

    for verb, arguments in steps:
        getattr(world, verb)(*arguments)

    world.settle(limit=3)
