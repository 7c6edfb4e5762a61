"""Random histories through the real services and subscribers, against the answer computed from them."""

import random
from dataclasses import replace

import pytest

from modules.graph import public as graph
from modules.kernel.redis.servers import redis
from modules.posts import public as posts
from modules.timelines.models import windows
from tests.kit.delivery import drain, relay_some
from tests.kit.people import NOON, make_person
from tests.kit.posts import publish, publish_past
from tests.timelines.kit import flat, read_ids

pytestmark = pytest.mark.django_db


class History:
    """Three readers, five authors, and what each reader ought to see."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.readers = [make_person() for _ in range(3)]
        self.authors = [make_person() for _ in range(5)]
        self.follows: dict[int, set[int]] = {reader.id: set() for reader in self.readers}
        self.posts = {id: author for author in self.authors for id in publish_past(author, 1, 2, 3)}

    def right_answer(self, reader):
        return sorted(
            (id for id, author in self.posts.items() if author.id in self.follows[reader.id] | {reader.id}),
            reverse=True,
        )

    def publish(self):
        author = self.chance.choice(self.authors + self.readers)
        self.posts[publish(author)] = author

    def delete(self):
        post_id, author = self.chance.choice(list(self.posts.items()))
        posts.delete_post(author.id, post_id, now=NOON)
        del self.posts[post_id]

    def follow(self):
        reader, author = self.chance.choice(self.readers), self.chance.choice(self.authors)
        graph.follow(reader.id, author.id)
        self.follows[reader.id].add(author.id)

    def unfollow(self):
        reader, author = self.chance.choice(self.readers), self.chance.choice(self.authors)
        graph.unfollow(reader.id, author.id)
        self.follows[reader.id].discard(author.id)

    def relay(self):
        relay_some()

    def lose(self):
        redis("a").run(("DEL", windows.home(self.chance.choice(self.readers).id)))

    def read(self):
        """Whatever was not heard yet, nothing forbidden is shown, nothing twice, and all in order."""
        reader = self.chance.choice(self.readers)
        pages = flat(read_ids(reader, limit=self.chance.randint(1, 9)))
        assert pages == sorted(set(pages), reverse=True)
        assert set(pages) <= set(self.right_answer(reader))


@pytest.mark.parametrize("seed", range(4))
def test_every_reader_sees_exactly_the_right_posts(settings, seed):
    settings.TIMELINES = replace(settings.TIMELINES, window_size=12, slack=3, pull_size=5, pulled_size=4)
    settings.GRAPH = replace(settings.GRAPH, pull_threshold=3, pull_demotion=2)
    chance = random.Random(seed)
    history = History(chance)
    weights = {"publish": 8, "delete": 1, "follow": 4, "unfollow": 1, "relay": 6, "lose": 1, "read": 4}

    for verb in chance.choices(list(weights), list(weights.values()), k=60):
        getattr(history, verb)()
    drain()

    for reader in history.readers:
        assert flat(read_ids(reader, limit=chance.randint(1, 9))) == history.right_answer(reader)
